import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import type { StatusFacts, VersionFacts } from './statusFacts';

/** True when what was seen last is of the last command. */
export function isObserved(version: VersionFacts): boolean {
  return version.observed?.generation === version.generation;
}

/** What a version waits for, without a full stop. */
export function waitingFor(version: VersionFacts): string {
  if (version.clusterProblem) return sentence(version.clusterProblem.message);
  const waiting = version.observed?.nodes.filter(
    node => node.status !== 'READY',
  );
  const problem = isObserved(version) ? version.observed?.problem : undefined;
  if (problem) {
    return problem.node
      ? `${problem.node}: ${problem.message}`
      : problem.message;
  }
  if (!isObserved(version) || !waiting || waiting.length === 0) {
    return 'Preparing what it needs';
  }
  return `Waiting for ${waiting.map(node => node.name).join(', ')}`;
}

/** Of what clusters say, which begins and ends as they like; without the full stop. */
function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}`;
}

/** What is short of pods while it answers, e.g. "model has 1 of 2 pods"; undefined where nothing is. */
export function shortOfPods(version: VersionFacts): string | undefined {
  const short = (version.observed?.nodes ?? [])
    .filter(({ status }) => status !== 'READY')
    .map(
      ({ name, readyReplicas, autoscaling, replicas }) =>
        `${name} has ${readyReplicas} of ${autoscaling?.min ?? replicas} pods`,
    );
  return short.length > 0 ? short.join(', ') : undefined;
}

/** Nobody can say how it is now; what the cluster was told to run, it most likely runs. */
function lastSeen(version: VersionFacts): string {
  return `Ready when it was last seen. ${waitingFor(version)}`;
}

/** What its status means, in a sentence. */
export function messageOf(
  status: VersionStatus,
  version: VersionFacts,
  facts: StatusFacts,
): string {
  const nodes = version.observed?.nodes ?? [];
  const ready = nodes.filter(node => node.status === 'READY').length;
  const short = shortOfPods(version);
  const readiness = `Ready ${ready}/${nodes.length}${
    short ? ` (${short})` : ''
  }`;
  if (version.deleting || facts.placeDeleting) return 'Being deleted';
  switch (status) {
    case 'CREATED':
    case 'STOPPED':
      if (facts.missing.length > 0) {
        const values = facts.missing.length === 1 ? 'value' : 'values';
        return `Not configured: ${
          facts.missing.length
        } ${values} missing (${facts.missing.join(', ')})`;
      }
      return facts.unconfirmed.length > 0
        ? `Inherited values wait to be confirmed: ${facts.unconfirmed.join(
            ', ',
          )}`
        : 'Ready to start';
    case 'STARTING':
      return waitingFor(version);
    case 'STARTED':
      if (!isObserved(version) || !version.observed?.ready) {
        return waitingFor(version);
      }
      if (version.clusterProblem) return lastSeen(version);
      return facts.wanted
        ? 'Being published'
        : `${readiness}, not accessible from outside`;
    case 'PUBLISHED':
      if (!isObserved(version) || !version.observed?.ready) {
        return `Published, but not available: ${waitingFor(version)}`;
      }
      return version.clusterProblem
        ? lastSeen(version)
        : `${readiness}, accessible from outside`;
    case 'STOPPING':
      return version.clusterProblem
        ? waitingFor(version)
        : 'Waiting for its processes to end';
    case 'ERROR':
      return version.desired === 'stopped'
        ? `It could not be stopped in time. ${
            version.clusterProblem ? `${waitingFor(version)}. ` : ''
          }Stopping goes on; see its events.`
        : `${waitingFor(
            version,
          )}. It recovers by itself once the cause is gone; or stop it, mend it and start it again.`;
    default: {
      const never: never = status;
      return never;
    }
  }
}

import type {
  Condition,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { DerivedStatus, VersionRecord } from './types';

const CONDITION_STATUS: Record<string, Condition['status']> = {
  true: 'True',
  false: 'False',
};

/** How long a phase may take, in milliseconds. */
export interface Deadlines {
  start: number;
  stop: number;
  /** How long a started version may be unavailable before it is in ERROR. */
  unavailable: number;
  /** How long a changed configuration may take to get ready beside the running release before it is dropped. */
  configuration: number;
}

/** What a company sets about the lifecycle. */
export interface LifecyclePolicy {
  deadlines: Deadlines;
  /** How many of the last publications of a solution can be rolled back to whatever happens. */
  keptPublications: number;
}

/** Everything a status is derived from, besides the version itself. */
export interface StatusFacts {
  /** The publication callers were seen to reach is of this version. */
  published: boolean;
  /** The publication commands want is of this version. */
  wanted: boolean;
  /** A switch of the solution goes on. */
  switching: boolean;
  switchProblem?: string;
  /** Declared keys without a value. */
  missing: readonly string[];
  unconfirmed: readonly string[];
  /** Id of one of the last publications of its solution, which is of this version. */
  neededFor?: string;
  /** Its runtime or solution is being deleted. */
  placeDeleting: boolean;
}

type VersionFacts = Pick<
  VersionRecord,
  | 'desired'
  | 'deleting'
  | 'everStarted'
  | 'generation'
  | 'desiredSince'
  | 'observed'
  | 'unavailableSince'
  | 'configurationRevision'
  | 'releaseRevision'
  | 'next'
  | 'nextProblem'
  | 'publishWhenReady'
  | 'statusSince'
>;

function isObserved(version: VersionFacts): boolean {
  return version.observed?.generation === version.generation;
}

function past(since: Date, millis: number, now: Date): boolean {
  return now.getTime() - since.getTime() >= millis;
}

function phaseOf(
  version: VersionFacts,
  deadlines: Deadlines,
  now: Date,
): Exclude<VersionStatus, 'PUBLISHED'> {
  const { observed } = version;
  if (version.desired === 'stopped') {
    if (!version.everStarted) return 'CREATED';
    if (isObserved(version) && observed?.present === false) return 'STOPPED';
    return past(version.desiredSince, deadlines.stop, now)
      ? 'ERROR'
      : 'STOPPING';
  }
  if (isObserved(version) && observed?.ready) return 'STARTED';
  if (version.unavailableSince) {
    // It was available before: short absences are the cluster's to mend.
    return past(version.unavailableSince, deadlines.unavailable, now)
      ? 'ERROR'
      : 'STARTED';
  }
  return past(version.desiredSince, deadlines.start, now)
    ? 'ERROR'
    : 'STARTING';
}

function waitingFor(version: VersionFacts): string {
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

/** Where a change of the configuration of a started version stands. */
function appliedConfiguration(version: VersionFacts): {
  reason: 'Current' | 'InProgress' | 'Dropped' | 'NextStart';
  message: string;
} {
  const { next, nextProblem, releaseRevision, configurationRevision } = version;
  if (next) {
    const seen = version.observed?.next;
    const current = seen?.revision === next.revision ? seen : undefined;
    const waiting =
      current?.problem?.message ??
      (current && current.waiting.length > 0
        ? `waiting for ${current.waiting.join(', ')}`
        : 'it is being made ready');
    return {
      reason: 'InProgress',
      message: `Revision ${next.revision} is made ready beside revision ${releaseRevision}: ${waiting}.`,
    };
  }
  if (nextProblem) return { reason: 'Dropped', message: nextProblem };
  return releaseRevision === configurationRevision
    ? {
        reason: 'Current',
        message: `It runs with configuration revision ${releaseRevision}.`,
      }
    : {
        reason: 'NextStart',
        message: `It runs with revision ${releaseRevision}; revision ${configurationRevision} takes effect when it is started the next time.`,
      };
}

function messageOf(
  status: VersionStatus,
  version: VersionFacts,
  facts: StatusFacts,
): string {
  const nodes = version.observed?.nodes ?? [];
  const ready = nodes.filter(node => node.status === 'READY').length;
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
      return facts.wanted
        ? 'Being published'
        : `Ready ${ready}/${nodes.length}, not accessible from outside`;
    case 'PUBLISHED':
      return isObserved(version) && version.observed?.ready
        ? `Ready ${ready}/${nodes.length}, accessible from outside`
        : `Published, but not available: ${waitingFor(version)}`;
    case 'STOPPING':
      return 'Waiting for its processes to end';
    case 'ERROR':
      return version.desired === 'stopped'
        ? 'It could not be stopped in time. Stopping goes on; see its events.'
        : `${waitingFor(
            version,
          )}. It recovers by itself once the cause is gone; or stop it, mend it and start it again.`;
    default: {
      const never: never = status;
      return never;
    }
  }
}

/**
 * What a version is, from what is wanted and what was seen. Pure; unknown means progressing until the deadline, then ERROR.
 */
export function deriveVersionStatus(
  version: VersionFacts,
  facts: StatusFacts,
  deadlines: Deadlines,
  now: Date,
): DerivedStatus {
  const phase = phaseOf(version, deadlines, now);
  const status: VersionStatus = facts.published ? 'PUBLISHED' : phase;
  const message = messageOf(status, version, facts);
  const at = version.statusSince.toISOString();
  const configured = facts.missing.length + facts.unconfirmed.length === 0;
  const available =
    version.desired === 'started' &&
    isObserved(version) &&
    version.observed?.ready === true;
  const condition = (
    type: string,
    isTrue: boolean | undefined,
    reason: string,
    text: string,
  ): Condition => ({
    type,
    status: CONDITION_STATUS[String(isTrue)] ?? 'Unknown',
    reason,
    message: text,
    lastTransitionTime: at,
    observedGeneration: version.observed?.generation,
  });

  const conditions: Condition[] = [
    condition(
      'Configured',
      configured,
      configured ? 'AllValuesSet' : 'ValuesMissing',
      configured
        ? 'Every declared key has a value.'
        : `Without value: ${[...facts.missing, ...facts.unconfirmed].join(
            ', ',
          )}.`,
    ),
  ];
  if (version.desired === 'started') {
    conditions.push(
      condition(
        'Available',
        isObserved(version) ? available : undefined,
        available
          ? 'AllNodesReady'
          : version.observed?.problem?.reason ?? 'Progressing',
        available ? 'Every node is ready.' : waitingFor(version),
      ),
    );
    const applied = appliedConfiguration(version);
    conditions.push(
      condition(
        'ConfigurationApplied',
        applied.reason === 'Current',
        applied.reason,
        applied.message,
      ),
    );
    if (version.publishWhenReady) {
      conditions.push(
        condition(
          'Switching',
          true,
          'WaitingUntilReady',
          'It is published as soon as every node is ready.',
        ),
      );
    }
  }
  if (version.deleting || facts.placeDeleting) {
    conditions.push(
      condition(
        'Deleting',
        true,
        'InProgress',
        'It is deleted once the cluster holds nothing of it any more.',
      ),
    );
  }
  const isSwitching = facts.switching && (facts.wanted || facts.published);
  if (isSwitching && !version.publishWhenReady) {
    conditions.push(
      condition(
        'Switching',
        true,
        facts.switchProblem ? 'Retrying' : 'InProgress',
        facts.switchProblem ??
          (facts.wanted
            ? 'Callers are being let in.'
            : 'Callers are moved on.'),
      ),
    );
  }
  return { status, message, conditions };
}

import type { EventReport } from '@konstellation/backstage-plugin-konstellation-common';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ContainerStatus, Pod } from 'kubernetes-types/core/v1';
import { formatQuantity } from '../domain/quantity';
import { INIT } from '../manifests/naming';

/** Why something does not run, in Kubernetes' word and in a sentence that begins with the node: "etl: <message>". */
export interface Trouble {
  reason: string;
  message: string;
}

/** The last line of what a cluster says, to go behind a sentence of ours. */
export function quoted(text: string | undefined): string {
  const last = (text ?? '').trim().split('\n').filter(Boolean).at(-1);
  // Another sentence follows.
  return last ? `: ${last.slice(0, 300).replace(/\.$/, '')}` : '';
}

function limitOf(pod: Pod, container: string): string {
  const all = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []),
  ];
  const limits = all.find(({ name }) => name === container)?.resources?.limits;
  return limits?.memory === undefined ? '' : ` of ${limits.memory}`;
}

function terminationTrouble(
  pod: Pod,
  status: ContainerStatus,
  memory?: number,
): Trouble | undefined {
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  if (!ended || ended.exitCode === 0) return undefined;
  const restarts = status.restartCount ?? 0;
  const times = restarts > 1 ? `${restarts} times, last ` : '';
  if (ended.reason === 'OOMKilled') {
    const limit = limitOf(pod, status.name);
    const measured =
      memory === undefined
        ? ''
        : `${formatQuantity(memory, '1Mi')} when it was measured last, `;
    return {
      reason: 'OOMKilled',
      message: `it used more memory than its limit${limit} (${measured}${times}exit ${ended.exitCode}). Raise the limit in the settings of the runtime, or use less`,
    };
  }
  return {
    reason: status.state?.waiting?.reason ?? ended.reason ?? 'Error',
    message: `it ended ${times}with exit code ${ended.exitCode}${quoted(
      ended.message,
    )}`,
  };
}

const cannotPull = (text: string) =>
  `its image cannot be pulled${quoted(
    text,
  )}. Look at its name, and whether the nodes of the cluster may pull it`;

/** Reasons of waiting that do not go away by themselves, in words. */
const WAITING: Record<string, (message: string) => string> = {
  ErrImagePull: cannotPull,
  ImagePullBackOff: cannotPull,
  ErrImageNeverPull: text => `its image cannot be played here${quoted(text)}`,
  InvalidImageName: text => `its image has no valid name${quoted(text)}`,
  CreateContainerConfigError: text =>
    `its configuration is not complete${quoted(text)}`,
  CreateContainerError: text => `it cannot be created${quoted(text)}`,
  RunContainerError: text => `it cannot be run${quoted(text)}`,
};

function containerTrouble(
  pod: Pod,
  status: ContainerStatus,
  memory?: number,
): Trouble | undefined {
  const { waiting } = status.state ?? {};
  const words = WAITING[waiting?.reason ?? ''];
  if (waiting?.reason && words) {
    return { reason: waiting.reason, message: words(waiting.message ?? '') };
  }
  return terminationTrouble(pod, status, memory);
}

/** Resources and rules the scheduler found no node for, in its own words: "0/3 nodes are available: 2 Insufficient cpu, …". */
function unschedulable(message: string): string {
  const missing = new Set(
    [...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map(
      ([, resource]) => resource,
    ),
  );
  const why =
    missing.size > 0
      ? `no node of the cluster has enough ${[...missing].join(' and ')} left`
      : 'no node of the cluster takes it';
  return `${why}${quoted(message)}`;
}

export function isInitialised(pod: Pod): boolean {
  return (
    pod.status?.conditions?.find(({ type }) => type === 'Initialized')
      ?.status === 'True'
  );
}

/**
 * What keeps a pod from running; undefined for one that is on its way.
 * @param memory - bytes that it used when it was measured last before it was killed for them
 */
export function podTrouble(pod: Pod, memory?: number): Trouble | undefined {
  const { status } = pod;
  const scheduled = status?.conditions?.find(
    ({ type }) => type === 'PodScheduled',
  );
  if (scheduled?.status === 'False') {
    return {
      reason: scheduled.reason ?? 'Unschedulable',
      message: unschedulable(scheduled.message ?? ''),
    };
  }
  // Of the pod as a whole: its node was short of something, or it wrote more than its volumes may hold.
  if (status?.phase === 'Failed' && status.reason) {
    return {
      reason: status.reason,
      message: `the cluster ended it${quoted(status.message)}`,
    };
  }
  if (!isInitialised(pod)) {
    for (const each of status?.initContainerStatuses ?? []) {
      const trouble = containerTrouble(pod, each);
      const words =
        each.name === INIT.install
          ? 'its requirements could not be installed'
          : 'its package could not be fetched';
      if (trouble)
        return { ...trouble, message: `${words}: ${trouble.message}` };
    }
  }
  return (status?.containerStatuses ?? [])
    .filter(({ ready }) => !ready)
    .map(each => containerTrouble(pod, each, memory))
    .find(trouble => trouble !== undefined);
}

/** `requests.memory=512Mi,pods=1` by resource. */
function amounts(text: string): Map<string, string> {
  return new Map(
    text.split(',').map(part => {
      const [resource = '', amount = ''] = part.split('=');
      return [resource, amount];
    }),
  );
}

const QUOTA =
  /exceeded quota: ([^,]+), requested: (\S+), used: (\S+), limited: (\S+)/;
const WEBHOOK = /admission webhook "([^"]+)" denied the request:? ?(.*)/s;
const POD_SECURITY = /violates PodSecurity "([^"]+)": (.*)/s;

/** What an API server said when it did not let a pod in. Quotas and admission have no other form than words. */
export function refusalTrouble(message: string): Trouble {
  const quota = QUOTA.exec(message);
  if (quota) {
    const [, name, requested = '', used = '', limited = ''] = quota;
    const [now, most] = [amounts(used), amounts(limited)];
    const needs = [...amounts(requested)].map(
      ([resource, more]) =>
        `${resource} needs ${more}, ${now.get(resource)} of ${most.get(
          resource,
        )} are used`,
    );
    return {
      reason: 'QuotaExceeded',
      message: `the quota "${name}" has no room for it: ${needs.join(
        '; ',
      )}. Stop what is not needed, or raise the quota in the settings of the runtime, where it is not that of the owner of its namespace`,
    };
  }
  const webhook = WEBHOOK.exec(message);
  if (webhook) {
    return {
      reason: 'AdmissionDenied',
      message: `the admission webhook "${
        webhook[1]
      }" of the cluster refuses it${quoted(webhook[2])}`,
    };
  }
  const security = POD_SECURITY.exec(message);
  if (security) {
    return {
      reason: 'PodSecurity',
      message: `the Pod Security Standard "${
        security[1]
      }" of the namespace refuses it${quoted(security[2])}`,
    };
  }
  return {
    reason: 'FailedCreate',
    message: `it cannot be made${quoted(message)}`,
  };
}

/** What keeps a Deployment from making pods. */
export function deploymentTrouble(
  deployment: Deployment | undefined,
): Trouble | undefined {
  const failure = deployment?.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  return failure && refusalTrouble(failure.message ?? '');
}

/** What it waits for, where nothing is wrong (yet). */
export function waitingText(
  pod: Pod | undefined,
  events: EventReport[],
): string {
  if (!pod) return 'waiting for its process';
  if (!isInitialised(pod)) {
    const isInstalling = pod.status?.initContainerStatuses?.some(
      ({ name, state }) => name === INIT.install && state?.running,
    );
    return isInstalling
      ? 'installing its requirements'
      : 'fetching the package';
  }
  const unhealthy = events.find(({ reason }) => reason === 'Unhealthy');
  return unhealthy
    ? `starting, not ready yet${quoted(unhealthy.message)}`
    : 'starting, not ready yet';
}

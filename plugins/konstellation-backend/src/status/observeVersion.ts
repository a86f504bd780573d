import { usedNodes } from '@konstellation/krt';
import type {
  EventReport,
  NodeReport,
  NodeStatus,
  PodReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Pod } from 'kubernetes-types/core/v1';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Event as CoreEvent } from 'kubernetes-types/core/v1';
import type { ObservedState, VersionRecord } from '../domain/types';
import { ENTRYPOINT, LABELS } from '../manifests/naming';
import {
  deploymentTrouble,
  podTrouble,
  waitingText,
  type Trouble,
} from './troubles';

/** Events shown of a version. */
const MAX_EVENTS = 50;

/** What the cluster holds of a version. */
export interface VersionObjects {
  deployments: KubernetesObject[];
  pods: KubernetesObject[];
  events: KubernetesObject[];
  /** Anchors and whatever else still carries the labels. */
  others: KubernetesObject[];
}

// Kubernetes' own objects, which the cluster port gives as they are.
const asDeployment = (object: KubernetesObject): Deployment =>
  object as Deployment;
const asPod = (object: KubernetesObject): Pod => object as Pod;
const asEvent = (object: KubernetesObject) => object as Partial<CoreEvent>;

function isReady(pod: Pod): boolean {
  return (
    pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status ===
    'True'
  );
}

function reportPod(pod: Pod): PodReport {
  const status = pod.status?.containerStatuses?.[0];
  const ended = status?.lastState?.terminated ?? status?.state?.terminated;
  const trouble = isReady(pod) ? undefined : podTrouble(pod);
  return {
    name: pod.metadata?.name ?? '',
    phase: pod.metadata?.deletionTimestamp
      ? 'Terminating'
      : pod.status?.phase ?? 'Pending',
    ready: isReady(pod),
    restarts: status?.restartCount ?? 0,
    ...(trouble ? { reason: trouble.reason, message: trouble.message } : {}),
    ...(pod.status?.startTime
      ? { startedAt: String(pod.status.startTime) }
      : {}),
    ...(ended
      ? {
          lastTermination: {
            exitCode: ended.exitCode,
            reason: ended.reason ?? '',
            at: String(ended.finishedAt ?? ''),
            ...(ended.message ? { message: ended.message.slice(-2_000) } : {}),
          },
        }
      : {}),
  };
}

function nodeStatus(options: {
  wanted: boolean;
  replicas: number;
  ready: number;
  pods: PodReport[];
  trouble?: Trouble;
}): NodeStatus {
  const { wanted, replicas, ready, pods, trouble } = options;
  if (!wanted) return pods.length > 0 ? 'STOPPING' : 'STOPPED';
  if (replicas > 0 && ready >= replicas) return 'READY';
  if (ready > 0) return 'DEGRADED';
  return trouble ? 'ERROR' : 'STARTING';
}

function reportEvent(
  event: Partial<CoreEvent>,
  nodeOf: Map<string, string>,
): EventReport {
  const name = event.involvedObject?.name ?? '';
  const node = nodeOf.get(name);
  return {
    // Those of the scheduler have a time of their own.
    at: String(
      event.lastTimestamp ?? event.firstTimestamp ?? event.eventTime ?? '',
    ),
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    message: (event.message ?? '').slice(0, 1_000),
    ...(node ? { node } : {}),
    ...(event.involvedObject?.kind === 'Pod' ? { pod: name } : {}),
    count: event.count ?? 1,
  };
}

function byTime(a: { at: string }, b: { at: string }): number {
  return b.at.localeCompare(a.at);
}

/**
 * What of a version runs, read from its objects. Pure: nothing is known from before, nothing is assumed.
 * @param release - the release that is wanted; undefined while the version is to be stopped
 */
export function observeVersion(
  version: VersionRecord,
  release: string | undefined,
  objects: VersionObjects,
  now: Date,
): ObservedState {
  const nodeOf = new Map(
    [...objects.pods, ...objects.deployments].map(object => [
      object.metadata.name,
      object.metadata.labels?.[LABELS.node] ?? '',
    ]),
  );
  const events = objects.events
    .map(asEvent)
    .filter(event => nodeOf.has(event.involvedObject?.name ?? ''))
    .map(event => reportEvent(event, nodeOf))
    .sort(byTime)
    .slice(0, MAX_EVENTS);

  let problem: ObservedState['problem'];
  const report = (
    name: string,
    fields: Pick<NodeReport, 'type' | 'image' | 'src' | 'line'>,
  ): NodeReport => {
    const isOf = (object: KubernetesObject) =>
      object.metadata.labels?.[LABELS.node] === name &&
      (release === undefined ||
        object.metadata.labels?.[LABELS.release] === release);
    const deployment = objects.deployments.filter(isOf).map(asDeployment)[0];
    const pods = objects.pods.filter(isOf).map(asPod);
    const alive = pods.filter(pod => !pod.metadata?.deletionTimestamp);
    const replicas = deployment?.spec?.replicas ?? 1;
    const observed =
      (deployment?.status?.observedGeneration ?? 0) >=
      (deployment?.metadata?.generation ?? 1);
    const ready = observed ? deployment?.status?.readyReplicas ?? 0 : 0;
    const trouble =
      alive
        .filter(pod => !isReady(pod))
        .map(podTrouble)
        .find(found => found !== undefined) ?? deploymentTrouble(deployment);
    const status = nodeStatus({
      wanted: release !== undefined,
      replicas,
      ready,
      pods: pods.map(reportPod),
      trouble,
    });
    const own = events.filter(event => event.node === name);
    const reason =
      status === 'READY' || status === 'STOPPED'
        ? undefined
        : trouble?.message ??
          (status === 'STOPPING'
            ? 'waiting for its process to end'
            : waitingText(alive[0], own));
    if (trouble && status !== 'READY') {
      problem ??= { ...trouble, node: name };
    }
    return {
      name,
      ...fields,
      status,
      ...(reason ? { reason } : {}),
      readyReplicas: ready,
      replicas,
      pods: pods.map(reportPod),
    };
  };

  // Nodes first: what keeps a node from being ready keeps the entrypoint too, and is the better thing to say.
  const nodes = usedNodes(version.manifest).map(node =>
    report(node.name, {
      type: 'node',
      image: node.image,
      src: node.src,
      line: node.line,
    }),
  );
  nodes.unshift(
    report(ENTRYPOINT, {
      type: 'entrypoint',
      image: version.manifest.entrypoint.image,
    }),
  );
  const present =
    objects.deployments.length + objects.pods.length + objects.others.length >
    0;
  return {
    generation: version.generation,
    at: now.toISOString(),
    present,
    ready:
      release !== undefined && nodes.every(node => node.status === 'READY'),
    nodes,
    events,
    ...(problem ? { problem } : {}),
  };
}

import { usedNodes } from '@konstellation/krt';
import type {
  NodeReport,
  NodeStatus,
  PodReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Pod } from 'kubernetes-types/core/v1';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ObservedState, VersionRecord } from '../domain/types';
import { ENTRYPOINT, LABELS } from '../manifests/naming';
import { reportEvents } from './reportEvents';
import {
  deploymentTrouble,
  podTrouble,
  waitingText,
  type Trouble,
} from './troubles';
import { terminationOf } from './usedBeforeKill';

/** What the cluster holds of a version. */
export interface VersionObjects {
  deployments: KubernetesObject[];
  pods: KubernetesObject[];
  /** HorizontalPodAutoscalers, each with the name of its Deployment. */
  autoscalers: KubernetesObject[];
  events: KubernetesObject[];
  /** Anchors and whatever else still carries the labels. */
  others: KubernetesObject[];
}

// Kubernetes' own objects, which the cluster port gives as they are.
const asDeployment = (object: KubernetesObject): Deployment =>
  object as Deployment;
const asPod = (object: KubernetesObject): Pod => object as Pod;
const asAutoscaler = (object: KubernetesObject): HorizontalPodAutoscaler =>
  object as HorizontalPodAutoscaler;

function isReady(pod: Pod): boolean {
  return (
    pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status ===
    'True'
  );
}

function reportPod(pod: Pod, memory: number | undefined): PodReport {
  const status = pod.status?.containerStatuses?.[0];
  const ended = terminationOf(pod);
  const trouble = isReady(pod) ? undefined : podTrouble(pod, memory);
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
            ...(memory === undefined ? {} : { memory }),
          },
        }
      : {}),
  };
}

/** Bounds of what scales a node, if anything does. */
function boundsOf(
  autoscaler: KubernetesObject | undefined,
): NodeReport['autoscaling'] {
  const { spec } = autoscaler ? asAutoscaler(autoscaler) : {};
  return spec && { min: spec.minReplicas ?? 1, max: spec.maxReplicas };
}

function nodeStatus(options: {
  wanted: boolean;
  /** Pods it takes to be ready. */
  needed: number;
  ready: number;
  pods: PodReport[];
  trouble?: Trouble;
}): NodeStatus {
  const { wanted, needed, ready, pods, trouble } = options;
  if (!wanted) return pods.length > 0 ? 'STOPPING' : 'STOPPED';
  if (needed > 0 && ready >= needed) return 'READY';
  if (ready > 0) return 'DEGRADED';
  return trouble ? 'ERROR' : 'STARTING';
}

/**
 * What of a version runs, read from its objects. Pure: nothing is known from before, nothing is assumed.
 * @param release - the release that is wanted; undefined while the version is to be stopped
 * @param used - bytes by names of pods, see {@link usedBeforeKill}
 */
export function observeVersion(
  version: VersionRecord,
  release: string | undefined,
  objects: VersionObjects,
  now: Date,
  used: ReadonlyMap<string, number> = new Map(),
): ObservedState {
  const nodeOf = new Map(
    [...objects.pods, ...objects.deployments].map(object => [
      object.metadata.name,
      object.metadata.labels?.[LABELS.node] ?? '',
    ]),
  );
  const events = reportEvents(objects.events, nodeOf);

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
    const autoscaling = boundsOf(objects.autoscalers.find(isOf));
    const pods = objects.pods.filter(isOf).map(asPod);
    const usedBy = (pod: Pod) => used.get(pod.metadata?.name ?? '');
    const reports = pods.map(pod => reportPod(pod, usedBy(pod)));
    const alive = pods.filter(pod => !pod.metadata?.deletionTimestamp);
    const replicas = deployment?.spec?.replicas ?? 1;
    const observed =
      (deployment?.status?.observedGeneration ?? 0) >=
      (deployment?.metadata?.generation ?? 1);
    const ready = observed ? deployment?.status?.readyReplicas ?? 0 : 0;
    const trouble =
      alive
        .filter(pod => !isReady(pod))
        .map(pod => podTrouble(pod, usedBy(pod)))
        .find(found => found !== undefined) ?? deploymentTrouble(deployment);
    const status = nodeStatus({
      wanted: release !== undefined,
      // What the autoscaler adds is to come, or has no room: those that have to be there are enough.
      needed: autoscaling?.min ?? replicas,
      ready,
      pods: reports,
      trouble,
    });
    const own = events.filter(event => event.node === name);
    // Those that an autoscaler wants besides, and that cannot be had, are worth a word too.
    const isFine =
      status === 'STOPPED' ||
      (status === 'READY' && (ready >= replicas || !trouble));
    const reason = isFine
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
      ...(autoscaling ? { autoscaling } : {}),
      pods: reports,
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
  const { deployments, pods, autoscalers, others } = objects;
  const present = [deployments, pods, autoscalers, others].some(
    ({ length }) => length > 0,
  );
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

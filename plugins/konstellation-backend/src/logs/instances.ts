import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type {
  ContainerStateTerminated,
  ContainerStatus,
  Pod,
} from 'kubernetes-types/core/v1';
import { LABELS } from '../manifests/naming';

const DEFAULT_GRACE_SECONDS = 30;

/** One run of a container, as its pod tells of it. */
export interface ContainerInstance {
  namespace: string;
  pod: string;
  container: string;
  node: string;
  /** Id the cluster gave it, or when it began. */
  instance: string;
  /** From 0. */
  restart: number;
  startedAt: Date;
  /** Its log is that of the `previous` instance. */
  previous: boolean;
  ended: boolean;
  /** Where it has. */
  endedAt?: Date;
  /** Its pod is being removed. */
  terminating: boolean;
  /** How long its pod may take to end. */
  graceMillis: number;
}

type PodFacts = Pick<
  ContainerInstance,
  'namespace' | 'pod' | 'node' | 'terminating' | 'graceMillis'
>;

function toDate(time: unknown): Date | undefined {
  const date = new Date(String(time ?? ''));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function runsOf(facts: PodFacts, status: ContainerStatus): ContainerInstance[] {
  const { state, lastState, restartCount: restart } = status;
  const run = (
    began: Partial<ContainerStateTerminated>,
    rest: Pick<ContainerInstance, 'restart' | 'previous' | 'ended'>,
  ): ContainerInstance => ({
    ...facts,
    container: status.name,
    instance: began.containerID || String(began.startedAt ?? ''),
    startedAt: toDate(began.startedAt) ?? new Date(0),
    endedAt: toDate(began.finishedAt),
    ...rest,
  });
  const runs: ContainerInstance[] = [];
  const last = lastState?.terminated;
  const isWaiting = !state?.running && !state?.terminated;
  if (last) {
    // Until the next one begins, the last one is what the cluster gives as the log of the container.
    runs.push(
      run(last, {
        restart: isWaiting ? restart : restart - 1,
        previous: !isWaiting,
        ended: true,
      }),
    );
  }
  if (state?.terminated) {
    const { containerID = status.containerID, ...began } = state.terminated;
    runs.push(
      run({ ...began, containerID }, { restart, previous: false, ended: true }),
    );
  } else if (state?.running) {
    const { startedAt } = state.running;
    const began = { containerID: status.containerID, startedAt };
    runs.push(run(began, { restart, previous: false, ended: false }));
  }
  return runs.filter(({ instance }) => instance !== '');
}

/** The runs of the containers of a pod whose logs the cluster may have: of each the current one and the one before. */
export function instancesOf(object: KubernetesObject): ContainerInstance[] {
  const { metadata, spec, status }: Pod = object as Pod;
  const facts: PodFacts = {
    namespace: metadata?.namespace ?? '',
    pod: metadata?.name ?? '',
    node: metadata?.labels?.[LABELS.node] ?? '',
    terminating: Boolean(metadata?.deletionTimestamp),
    graceMillis:
      (spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1_000,
  };
  return [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ].flatMap(container => runsOf(facts, container));
}

/** Why a pod itself says that it ended, e.g. that it was evicted. */
export function podReason(object: KubernetesObject): string | undefined {
  const { status }: Pod = object as Pod;
  if (!status?.reason) return undefined;
  return status.message
    ? `${status.reason}: ${status.message.slice(0, 300)}`
    : status.reason;
}

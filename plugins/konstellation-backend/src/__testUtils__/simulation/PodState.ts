import type { ContainerLogLine } from '@konstellation/backstage-plugin-konstellation-node';
import type {
  Container,
  ContainerStatus,
  PodCondition,
  PodStatus,
} from 'kubernetes-types/core/v1';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { GateState } from '../../reconciliation/gates';
import { asPod } from './objects';

/** How far a pod is. */
export type PodPhase =
  | { at: 'pending' }
  | { at: 'unscheduled'; message: string }
  | { at: 'fetching'; failure?: Termination }
  | { at: 'waiting'; reason: string; message: string }
  | { at: 'running'; message?: string }
  | { at: 'ready' }
  | { at: 'ended'; by: Termination };

export interface Termination {
  exitCode: number;
  reason: string;
  message?: string;
  startedAt: string;
  at: string;
}

/** What is of a pod and not of its object: gone with it, and with its containers where it is theirs. */
export interface PodState {
  phase: PodPhase;
  startedAt: string;
  restarts: number;
  lastTermination?: Termination;
  /** Environment of its containers as it was when they started, by container. */
  environment: Record<string, Record<string, string>>;
  gate: GateState;
  logs: Record<string, ContainerLogLine[]>;
  /** Before the last restart. */
  formerLogs: Record<string, ContainerLogLine[]>;
}

export function newPodState(): PodState {
  return {
    phase: { at: 'pending' },
    startedAt: new Date().toISOString(),
    restarts: 0,
    environment: {},
    gate: 'closed',
    logs: {},
    formerLogs: {},
  };
}

function condition(
  type: string,
  isTrue: boolean,
  more: Partial<PodCondition> = {},
): PodCondition {
  return { type, status: isTrue ? 'True' : 'False', ...more };
}

function terminated(by: Termination, containerID: string) {
  const { exitCode, reason, message, startedAt, at } = by;
  return { exitCode, reason, message, startedAt, finishedAt: at, containerID };
}

function backOff(container: Container) {
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off restarting failed container ${container.name}`,
  };
}

function containerStatus(
  container: Container,
  pod: KubernetesObject,
  { phase, restarts, lastTermination, startedAt }: PodState,
): ContainerStatus {
  const idOf = (run: number) =>
    `simulation://${pod.metadata.uid}/${container.name}/${run}`;
  const hasRun = ['running', 'ready', 'ended'].includes(phase.at);
  const base = {
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ...(hasRun ? { containerID: idOf(restarts) } : {}),
    restartCount: restarts,
    ready: phase.at === 'ready',
    started: phase.at === 'ready' || phase.at === 'running',
    ...(lastTermination
      ? {
          lastState: {
            terminated: terminated(lastTermination, idOf(restarts - 1)),
          },
        }
      : {}),
  };
  switch (phase.at) {
    case 'running':
    case 'ready':
      return { ...base, state: { running: { startedAt } } };
    case 'waiting': {
      const { reason, message } = phase;
      return { ...base, state: { waiting: { reason, message } } };
    }
    case 'ended':
      return {
        ...base,
        state: { waiting: backOff(container) },
        lastState: { terminated: terminated(phase.by, idOf(restarts)) },
      };
    default:
      return { ...base, state: { waiting: { reason: 'PodInitializing' } } };
  }
}

function initStatus(
  container: Container,
  pod: KubernetesObject,
  { phase, startedAt }: PodState,
) {
  const containerID = `simulation://${pod.metadata.uid}/${container.name}/0`;
  const failure = phase.at === 'fetching' ? phase.failure : undefined;
  const isDone = !['pending', 'unscheduled', 'fetching'].includes(phase.at);
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: isDone,
    restartCount: 0,
    state: isDone
      ? {
          terminated: {
            exitCode: 0,
            reason: 'Completed',
            startedAt,
            finishedAt: startedAt,
            containerID,
          },
        }
      : {
          waiting: failure ? backOff(container) : { reason: 'PodInitializing' },
        },
    ...(failure
      ? { lastState: { terminated: terminated(failure, containerID) } }
      : {}),
  };
}

/** What a kubelet would write of it. */
export function podStatus(pod: KubernetesObject, state: PodState): PodStatus {
  const { spec } = asPod(pod);
  const { phase, startedAt } = state;
  const isScheduled = !['pending', 'unscheduled'].includes(phase.at);
  const isInitialised = isScheduled && phase.at !== 'fetching';
  const ready = phase.at === 'ready';
  const isRunning = ready || phase.at === 'running' || phase.at === 'ended';
  return {
    phase: isRunning ? 'Running' : 'Pending',
    ...(isScheduled ? { startTime: startedAt, podIP: '127.0.0.1' } : {}),
    conditions: [
      condition(
        'PodScheduled',
        isScheduled,
        phase.at === 'unscheduled'
          ? { reason: 'Unschedulable', message: phase.message }
          : {},
      ),
      condition('Initialized', isInitialised),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    initContainerStatuses: (spec?.initContainers ?? []).map(container =>
      initStatus(container, pod, state),
    ),
    containerStatuses: (spec?.containers ?? []).map(container =>
      containerStatus(container, pod, state),
    ),
  };
}

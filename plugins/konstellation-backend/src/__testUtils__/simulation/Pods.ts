import {
  refOf,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import { ENTRYPOINT, LABELS } from '../../manifests/naming';
import type { Behaviour, Behaviours } from './behaviours';
import type { ClusterObjects } from './ClusterObjects';
import { readConfigMaps, readEnvironment } from './environment';
import { asPod, copy, isDeleting, KINDS } from './objects';
import {
  newPodState,
  podStatus,
  type PodPhase,
  type PodState,
  type Termination,
} from './PodState';
import type { Turns } from './Turns';

/** Turns from running to ready. */
const READY_AFTER = 2;

function termination(
  { startedAt }: PodState,
  end: { exitCode: number; reason?: string; message?: string },
): Termination {
  const { exitCode, reason = 'Error', message } = end;
  return { exitCode, reason, message, startedAt, at: new Date().toISOString() };
}

/** Plays the pods: one phase a turn, as far as what was said of them lets them. */
export class Pods {
  #states = new Map<string, PodState>();
  /** Pods whose next step is on its way. */
  readonly #moving = new Set<string>();
  /** Who waits for more of a log. */
  #readers: Array<() => void> = [];

  constructor(
    private readonly options: {
      objects: ClusterObjects;
      behaviours: Behaviours;
      turns: Turns;
      /** True when every Service has somebody behind it who is ready. */
      areReady: (pod: KubernetesObject, services: string[]) => boolean;
    },
  ) {}

  /** undefined for a pod that is not there. */
  stateOf(pod: KubernetesObject | undefined): PodState | undefined {
    return this.#states.get(pod?.metadata.uid ?? '');
  }

  /** Something that may matter to the pod changed. */
  look(pod: KubernetesObject): void {
    const uid = pod.metadata.uid ?? '';
    if (this.#moving.has(uid)) return;
    if (!this.#states.has(uid)) this.#states.set(uid, newPodState());
    const step = this.#nextStep(uid);
    if (!step) return;
    this.#moving.add(uid);
    this.options.turns.after(step.turns ?? 1, () => {
      this.#moving.delete(uid);
      // What happened meanwhile may have made another step the next.
      const now = this.#nextStep(uid);
      if (now) this.#take(uid, now);
    });
  }

  lookAtAll(): void {
    for (const pod of this.options.objects.list(KINDS.pod)) this.look(pod);
  }

  forget(pod: KubernetesObject): void {
    this.#states.delete(pod.metadata.uid ?? '');
    this.#tellReaders();
  }

  /** Waits until a log has more, or comes to its end, or nobody wants to know any more. */
  logged(signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      this.#readers.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Its containers end and are started again, without what they kept in memory. */
  restart(pod: KubernetesObject, exitCode: number): void {
    const state = this.stateOf(pod);
    if (!state) return;
    this.#enter(pod, state, {
      at: 'ended',
      by: termination(state, { exitCode }),
    });
  }

  snapshot(): Array<[string, PodState]> {
    return copy([...this.#states]);
  }

  restore(states: Array<[string, PodState]>): void {
    this.#moving.clear();
    this.#states = new Map(copy(states));
    this.#tellReaders();
  }

  #tellReaders(): void {
    const told = this.#readers;
    this.#readers = [];
    for (const tell of told) tell();
  }

  #find(uid: string): KubernetesObject | undefined {
    return this.options.objects
      .list(KINDS.pod)
      .find(pod => pod.metadata.uid === uid);
  }

  #nextStep(uid: string): Step | undefined {
    const pod = this.#find(uid);
    const state = this.#states.get(uid);
    if (!pod || !state) return undefined;
    if (isDeleting(pod)) return { to: 'gone' };
    const { phase } = state;
    const behaviour = this.options.behaviours.of(pod);
    switch (phase.at) {
      case 'pending':
      case 'unscheduled':
        if (behaviour.is !== 'unschedulable') return { to: { at: 'fetching' } };
        return phase.at === 'pending'
          ? { to: { at: 'unscheduled', message: behaviour.message } }
          : undefined;
      case 'fetching':
      case 'waiting':
        return this.#beforeRunning(pod, state, behaviour);
      case 'running':
      case 'ready':
        return this.#whileRunning(pod, state, behaviour);
      case 'ended':
        // Tried again once; who looks then knows that it does so again and again.
        return behaviour.is === 'crashing' && state.restarts > 0
          ? undefined
          : { to: { at: 'running' } };
      default: {
        const never: never = phase;
        return never;
      }
    }
  }

  #beforeRunning(
    pod: KubernetesObject,
    state: PodState,
    behaviour: Behaviour,
  ): Step | undefined {
    const { phase } = state;
    const { missing } = readEnvironment(this.options.objects, pod);
    const waiting = (reason: string, message: string): Step | undefined =>
      phase.at === 'waiting' && phase.message === message
        ? undefined
        : { to: { at: 'waiting', reason, message } };
    if (missing) return waiting('CreateContainerConfigError', missing);
    if (behaviour.is === 'unfetchable') {
      return phase.at === 'fetching' && phase.failure
        ? undefined
        : { to: { at: 'fetching', failure: termination(state, behaviour) } };
    }
    return behaviour.is === 'unpullable'
      ? waiting('ErrImagePull', behaviour.message)
      : { to: { at: 'running' } };
  }

  #whileRunning(
    pod: KubernetesObject,
    state: PodState,
    behaviour: Behaviour,
  ): Step | undefined {
    const { phase, environment } = state;
    if (behaviour.is === 'crashing') {
      return { to: { at: 'ended', by: termination(state, behaviour) } };
    }
    if (behaviour.is === 'unready') {
      const { message } = behaviour;
      return phase.at === 'running' && phase.message === message
        ? undefined
        : { to: { at: 'running', message } };
    }
    if (phase.at === 'ready') return undefined;
    // An entrypoint waits until every node has answered once.
    const nodes: Record<string, string> = JSON.parse(
      environment[ENTRYPOINT]?.KRT_NODES ?? '{}',
    );
    const services = Object.values(nodes).map(url => new URL(url).hostname);
    return this.options.areReady(pod, services)
      ? {
          to: { at: 'ready' },
          turns: (behaviour.is === 'ready' && behaviour.turns) || READY_AFTER,
        }
      : undefined;
  }

  #take(uid: string, { to }: Step): void {
    const pod = this.#find(uid);
    const state = this.#states.get(uid);
    if (!pod || !state) return;
    if (to === 'gone') {
      if (pod.metadata.finalizers?.length) return;
      this.options.objects.remove(refOf(pod));
      return;
    }
    const isStarting =
      to.at === 'running' && !['running', 'ready'].includes(state.phase.at);
    if (isStarting) this.#begin(pod, state);
    if (to.at === 'ready') {
      const node = pod.metadata.labels?.[LABELS.node] ?? '';
      this.#write(state, node, `${node} is ready`);
    }
    this.#enter(pod, state, to);
  }

  #enter(pod: KubernetesObject, state: PodState, phase: PodPhase): void {
    state.phase = phase;
    if (phase.at === 'ended') {
      const { exitCode } = phase.by;
      state.gate = 'closed';
      for (const { name } of asPod(pod).spec?.containers ?? []) {
        this.#write(state, name, `${name} ended with exit code ${exitCode}`);
      }
    }
    // Tells everyone, this one too: the next step follows.
    this.options.objects.setStatus(refOf(pod), podStatus(pod, state));
    this.look(pod);
  }

  /** Containers start, those that ended before with nothing of what they had. */
  #begin(pod: KubernetesObject, state: PodState): void {
    const { objects } = this.options;
    const { spec } = asPod(pod);
    if (state.phase.at === 'ended') {
      state.lastTermination = state.phase.by;
      state.restarts++;
      state.formerLogs = state.logs;
      // Init containers do not run again.
      const done = new Set(spec?.initContainers?.map(({ name }) => name));
      state.logs = Object.fromEntries(
        Object.entries(state.logs).filter(([name]) => done.has(name)),
      );
    } else {
      for (const { name } of spec?.initContainers ?? []) {
        this.#write(state, name, `${name} is done`);
      }
    }
    state.startedAt = new Date().toISOString();
    state.environment = readEnvironment(objects, pod).environment;
    const release = pod.metadata.labels?.[LABELS.release];
    const isPublished = readConfigMaps(objects, pod).includes(release);
    state.gate = isPublished ? 'open' : 'closed';
    for (const { name } of spec?.containers ?? []) {
      this.#write(state, name, `${name} started`);
    }
  }

  #write(state: PodState, container: string, text: string): void {
    const lines = state.logs[container] ?? [];
    lines.push({ at: new Date().toISOString(), text });
    state.logs[container] = lines;
    this.#tellReaders();
  }
}

interface Step {
  to: PodPhase | 'gone';
  /** 1 by default. */
  turns?: number;
}

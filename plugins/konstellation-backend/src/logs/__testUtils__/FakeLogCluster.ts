import { EventEmitter, on } from 'node:events';
import { NotFoundError } from '@backstage/errors';
import type {
  ClusterClient,
  ContainerLogLine,
  KubernetesObject,
  ListOptions,
  LogOptions,
  ObjectRef,
  PodRef,
} from '@konstellation/backstage-plugin-konstellation-node';
import { LABELS, MANAGED_BY } from '../../manifests/naming';

interface Run {
  startedAt: string;
  finishedAt?: string;
  containerID: string;
  lines: ContainerLogLine[];
  events: EventEmitter;
}

interface Container {
  init: boolean;
  runs: Run[];
  /** It ended and waits to be begun again. */
  waiting: boolean;
}

interface Pod {
  uid: string;
  node: string;
  containers: Map<string, Container>;
  deletionTimestamp?: string;
  reason?: string;
  message?: string;
}

/** Pods as Kubernetes shows them, with logs: of each container that of the current run and the one before. */
export class FakeLogCluster implements ClusterClient {
  readonly #pods = new Map<string, Pod>();
  #time = Date.parse('2026-01-01T00:00:00.000Z');
  #ids = 0;
  /** Called before a log is read: may throw, or wait. */
  beforeLogs: (pod: PodRef, options: LogOptions) => Promise<void> | void = () =>
    undefined;
  /** How many logs are open with `follow`. */
  following = 0;
  /** How often a log was opened. */
  reads = 0;

  constructor(readonly namespace = 'kre-logs') {}

  /** The next instant; lines that are to have the same time are written with one. */
  tick(millis = 1): string {
    this.#time += millis;
    return new Date(this.#time).toISOString();
  }

  addPod(
    name: string,
    options: {
      uid: string;
      node?: string;
      containers?: string[];
      init?: string[];
    },
  ): void {
    const { uid, node = 'model', containers = ['main'], init = [] } = options;
    const all = [
      ...init.map(container => [container, true] as const),
      ...containers.map(container => [container, false] as const),
    ];
    this.#pods.set(name, {
      uid,
      node,
      containers: new Map(
        all.map(([container, isInit]) => [
          container,
          { init: isInit, runs: [this.#run()], waiting: false },
        ]),
      ),
    });
  }

  #run(): Run {
    return {
      startedAt: this.tick(),
      containerID: `fake://${++this.#ids}`,
      lines: [],
      events: new EventEmitter().setMaxListeners(0),
    };
  }

  #container(pod: string, container: string): Container {
    const found = this.#pods.get(pod)?.containers.get(container);
    if (!found) throw new Error(`there is no ${container} in ${pod}`);
    return found;
  }

  write(pod: string, text: string, container = 'main', at = this.tick()): void {
    const run = this.#container(pod, container).runs.at(-1);
    const line = { at, text };
    run?.lines.push(line);
    run?.events.emit('line', line);
  }

  /** The container ends; its pod stays. */
  end(pod: string, container = 'main', options = { waiting: false }): void {
    const found = this.#container(pod, container);
    const run = found.runs.at(-1);
    if (run) {
      run.finishedAt = this.tick();
      run.events.emit('end');
    }
    found.waiting = options.waiting;
  }

  /** The container, which has ended, begins again. */
  begin(pod: string, container = 'main'): void {
    const found = this.#container(pod, container);
    found.runs.push(this.#run());
    found.waiting = false;
  }

  /** The pod begins to end; its containers go on until they are ended. */
  terminate(pod: string): void {
    const found = this.#pods.get(pod);
    if (found) found.deletionTimestamp = this.tick();
  }

  evict(pod: string, message: string): void {
    const found = this.#pods.get(pod);
    if (!found) return;
    Object.assign(found, { reason: 'Evicted', message });
    for (const container of found.containers.values()) {
      container.runs.at(-1)?.events.emit('end');
      container.runs.length = 0;
    }
  }

  /** The pod is gone, and all it wrote with it. */
  remove(pod: string): void {
    const found = this.#pods.get(pod);
    this.#pods.delete(pod);
    for (const container of found?.containers.values() ?? []) {
      container.runs.at(-1)?.events.emit('end');
    }
  }

  pods(uid?: string): KubernetesObject[] {
    return [...this.#pods]
      .filter(([, pod]) => uid === undefined || pod.uid === uid)
      .map(([name, pod]) => this.#toObject(name, pod));
  }

  #toObject(name: string, pod: Pod): KubernetesObject {
    const statuses = (isInit: boolean) =>
      [...pod.containers]
        .filter(([, container]) => container.init === isInit)
        .filter(([, container]) => container.runs.length > 0)
        .map(([container, found]) => toStatus(container, found));
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: this.namespace,
        labels: {
          ...MANAGED_BY,
          [LABELS.versionUid]: pod.uid,
          [LABELS.node]: pod.node,
        },
        deletionTimestamp: pod.deletionTimestamp,
      },
      spec: { terminationGracePeriodSeconds: 1 },
      status: {
        reason: pod.reason,
        message: pod.message,
        initContainerStatuses: statuses(true),
        containerStatuses: statuses(false),
      },
    };
  }

  async *logs(
    pod: PodRef,
    options: LogOptions = {},
  ): AsyncGenerator<ContainerLogLine> {
    this.reads++;
    await this.beforeLogs(pod, options);
    const found = this.#pods.get(pod.name)?.containers.get(pod.container);
    const run = found?.runs.at(options.previous ? -2 : -1);
    if (!run) throw new NotFoundError(`${pod.container} has no log`);
    const { since, tailLines = Infinity, signal } = options;
    const past = run.lines.filter(
      line => since === undefined || line.at >= since,
    );
    const isOpen = options.follow && run.finishedAt === undefined;
    const coming = isOpen
      ? on(run.events, 'line', { close: ['end'], signal })
      : undefined;
    yield* past.slice(Number.isFinite(tailLines) ? -tailLines : 0);
    if (!coming) return;
    this.following++;
    try {
      for await (const [line] of coming) yield line;
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      this.following--;
    }
  }

  async get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    return this.pods().find(({ metadata }) => metadata.name === ref.name);
  }

  async list(_kind: unknown, options: ListOptions = {}) {
    return this.pods(options.labels?.[LABELS.versionUid]);
  }

  async front(): Promise<never> {
    throw new NotFoundError('there is no front here');
  }

  async apply(objects: KubernetesObject[]) {
    return objects;
  }

  async delete() {
    // Nothing is removed but by hand.
  }

  watch() {
    return { close: () => undefined };
  }

  async address() {
    return undefined;
  }

  async metrics() {
    return undefined;
  }

  async close() {
    for (const pod of [...this.#pods.keys()]) this.remove(pod);
  }
}

function toStatus(name: string, container: Container) {
  const { runs, waiting } = container;
  const terminated = (run: Run) => ({
    exitCode: 1,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    containerID: run.containerID,
  });
  const current = runs.at(-1);
  const last = waiting ? current : runs.at(-2);
  const state = () => {
    if (waiting) return { waiting: { reason: 'CrashLoopBackOff' } };
    if (!current) return {};
    return current.finishedAt
      ? { terminated: terminated(current) }
      : { running: { startedAt: current.startedAt } };
  };
  return {
    name,
    containerID: current?.containerID,
    restartCount: runs.length - 1,
    state: state(),
    lastState: last ? { terminated: terminated(last) } : {},
  };
}

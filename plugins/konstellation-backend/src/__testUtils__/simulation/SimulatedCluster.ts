import { isError, NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  matchesLabels,
  refOf,
  type ClusterClient,
  type ClusterEndpoint,
  type ContainerLogLine,
  type ContainerMetrics,
  type IngressFront,
  type KubernetesObject,
  type ListOptions,
  type LogOptions,
  type ObjectKind,
  type ObjectRef,
  type PodRef,
  type WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import { Autoscalers } from './Autoscalers';
import { Behaviours, type Behaviour, type PodMatch } from './behaviours';
import { ClusterContents } from './ClusterContents';
import { ClusterObjects } from './ClusterObjects';
import { ClusterRoutes } from './ClusterRoutes';
import { Deployments } from './Deployments';
import { Endpoints } from './Endpoints';
import {
  EntrypointServer,
  GUARD_HEADER,
  type RequestGuard,
} from './EntrypointServer';
import { asService, hasPort, KINDS } from './objects';
import { Pods } from './Pods';
import { Turns } from './Turns';
import { Watches } from './Watches';

/** What portals have no right to change where namespaces are there for them. */
const OF_OTHERS = ['Namespace', 'ResourceQuota', 'LimitRange'];

/** All that a simulated cluster is at one moment. */
export type ClusterSnapshot = ReturnType<SimulatedCluster['snapshot']>;

/**
 * Kubernetes in memory, for tests: server-side apply, garbage collection, Deployments and their pods, Services, and entrypoints
 * that answer on one port of this machine. No processes; its time is turns of the event loop, so nothing is waited for. It is
 * the cluster, not a connection to it: portals come and go, and each has a {@link SimulatedCluster.connect | connection}.
 */
export class SimulatedCluster implements ClusterClient {
  readonly #turns = new Turns();
  readonly #objects = new ClusterObjects(this.#turns);
  readonly #behaviours = new Behaviours();
  readonly #endpoints = new Endpoints(this.#objects);
  readonly #deployments = new Deployments(this.#objects);
  readonly #autoscalers = new Autoscalers(this.#objects);
  readonly #pods = new Pods({
    objects: this.#objects,
    behaviours: this.#behaviours,
    turns: this.#turns,
    areReady: (pod, services) =>
      services.every(
        service =>
          this.#endpoints.ready(pod.metadata.namespace, service).length > 0,
      ),
  });
  readonly #contents = new ClusterContents(this.#objects, this.#pods);
  readonly #due = new Set<string>();
  readonly #connections = new Set<Watches>();
  #own: ClusterClient | undefined;
  #server: EntrypointServer | undefined;
  #namespaces: readonly string[] | undefined;
  #missingRights: ReadonlyArray<{ kind: string; namespace?: string }> = [];

  private constructor() {
    this.#objects.onChange(event => {
      this.#onChange(event);
      for (const watches of this.#connections) watches.tell(event);
    });
  }

  static async create(): Promise<SimulatedCluster> {
    const cluster = new SimulatedCluster();
    cluster.#server = await EntrypointServer.listen(
      new ClusterRoutes(cluster.#objects, cluster.#pods, cluster.#endpoints),
    );
    return cluster;
  }

  /** A client of one portal: closing it ends its watches alone. */
  connect(): ClusterClient {
    const watches = new Watches(this.#turns);
    this.#connections.add(watches);
    const namespaces = () => this.#namespaces;
    return {
      get namespaces() {
        return namespaces();
      },
      front: () => this.front(),
      apply: (objects, options) => this.apply(objects, options),
      delete: ref => this.delete(ref),
      get: ref => this.get(ref),
      list: (kind, options) => this.list(kind, options),
      watch: (kinds, options, handler) =>
        watches.add(object => isWatched(object, kinds, options), handler),
      logs: (pod, options) => this.logs(pod, options),
      address: (ref, portName) => this.address(ref, portName),
      metrics: () => this.metrics(),
      close: async () => {
        watches.close();
        this.#connections.delete(watches);
      },
    };
  }

  /** Says how pods fare from now on, those that are there too. */
  behave(match: PodMatch, behaviour: Behaviour): void {
    this.#behaviours.say(match, behaviour);
    this.#pods.lookAtAll();
  }

  get namespaces(): readonly string[] | undefined {
    return this.#namespaces;
  }

  /** From now on portals may use these namespaces alone, which somebody else has made. */
  restrictTo(namespaces: readonly string[]): void {
    for (const name of namespaces) this.own(namespaceObject(name));
    this.#namespaces = namespaces;
  }

  /** Somebody else than a portal applies an object. */
  own(object: KubernetesObject): void {
    this.#objects.apply(object);
  }

  /** Somebody else than a portal deletes an object. */
  disown(ref: ObjectRef): void {
    this.#objects.delete(ref);
  }

  /** Whatever keeps an object by its finalizers lets it go. */
  release(ref: ObjectRef): void {
    this.#objects.release(ref);
  }

  /** Somebody else says how far an object is. */
  setStatus(ref: ObjectRef, status: unknown): void {
    this.#objects.setStatus(ref, status);
  }

  /** Portals may do nothing with these any more; with none of them, they may again. */
  forbid(...missing: Array<{ kind: string; namespace?: string }>): void {
    this.#missingRights = missing;
  }

  /** The containers of a pod end and are started again. */
  restartPod(ref: { namespace: string; name: string }, exitCode = 1): void {
    const pod = this.#objects.get({ ...KINDS.pod, ...ref });
    if (pod) this.#pods.restart(pod, exitCode);
  }

  /** All watches are told to list again. */
  relist(): void {
    for (const watches of this.#connections) watches.relist();
  }

  /** No step of anything is left. */
  get isIdle(): boolean {
    return this.#turns.isIdle;
  }

  idle(): Promise<void> {
    return this.#turns.idle();
  }

  /** Everything that was applied and is there, terminating included, in the order of its keys. */
  refs(): ObjectRef[] {
    return this.#contents.refs();
  }

  /** What was said of everything that was applied, without uids; of Secrets the keys alone. */
  applied(): Array<{ key: string; desired: unknown }> {
    return this.#contents.applied();
  }

  /** What is there and should not be, and what should be and is not; pods count where nobody owns them. */
  orphans(expected: Array<Omit<ObjectRef, 'apiVersion'>>) {
    return this.#contents.orphans(expected);
  }

  /** Releases that have an anchor. */
  releases(): string[] {
    return this.#contents.releases();
  }

  /** State of the gate of each entrypoint that runs, by release. */
  gates(): Record<string, string[]> {
    return this.#contents.gates();
  }

  /** Requests of clients whose endpoints carry these headers go through the guard. @returns the headers */
  guard(name: string, guard: RequestGuard): Record<string, string> {
    this.#server?.guard(name, guard);
    return { [GUARD_HEADER]: name };
  }

  snapshot() {
    return {
      namespaces: this.#namespaces,
      objects: this.#objects.snapshot(),
      pods: this.#pods.snapshot(),
      deployments: this.#deployments.snapshot(),
      behaviours: this.#behaviours.snapshot(),
    };
  }

  /** Is again what it was; connections that are open are closed. */
  restore(snapshot: ClusterSnapshot): void {
    this.#turns.clear();
    this.#due.clear();
    this.#server?.reset();
    for (const watches of this.#connections) watches.close();
    this.#connections.clear();
    this.#own = undefined;
    this.#namespaces = snapshot.namespaces;
    this.#objects.restore(snapshot.objects);
    this.#behaviours.restore(snapshot.behaviours);
    this.#deployments.restore(snapshot.deployments);
    this.#pods.restore(snapshot.pods);
  }

  /** The cluster itself ends. */
  async shutDown(): Promise<void> {
    this.#turns.clear();
    await this.#server?.close();
  }

  async front(): Promise<IngressFront> {
    const port = this.#server?.port ?? 0;
    return {
      protocol: 'http',
      domain: 'localhost',
      port,
      connect: { host: '127.0.0.1', port },
    };
  }

  async apply(
    objects: KubernetesObject[],
    options: { fieldManager: string; dryRun?: boolean },
  ): Promise<KubernetesObject[]> {
    await turn();
    return objects.map(object => {
      this.#authorize('patch', refOf(object));
      return this.#objects.apply(object, options.dryRun);
    });
  }

  async delete(ref: ObjectRef): Promise<void> {
    await turn();
    this.#authorize('delete', ref);
    this.#objects.delete(ref);
  }

  async get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    await turn();
    this.#authorize('get', ref);
    return this.#objects.get(ref);
  }

  /** @throws NotAllowedError for Secrets, which are known by name only */
  async list(
    kind: ObjectKind,
    options?: ListOptions,
  ): Promise<KubernetesObject[]> {
    await turn();
    if (kind.kind === 'Secret') {
      throw new NotAllowedError('Secrets are not listed');
    }
    this.#authorize('list', { ...kind, namespace: options?.namespace });
    return this.#objects.list(kind, options).filter(isUsable(this.#namespaces));
  }

  /** @throws NotAllowedError in the words of an adapter */
  #authorize(
    verb: string,
    { kind, namespace }: Pick<ObjectRef, 'kind' | 'namespace'>,
  ): void {
    const isOfOthers =
      this.#namespaces !== undefined &&
      verb !== 'get' &&
      verb !== 'list' &&
      OF_OTHERS.includes(kind);
    const isMissing = this.#missingRights.some(
      missing =>
        missing.kind === kind && (missing.namespace ?? namespace) === namespace,
    );
    if (isOfOthers || isMissing) {
      throw new NotAllowedError(`the portal may not ${verb} ${kind}`);
    }
  }

  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void } {
    this.#own ??= this.connect();
    return this.#own.watch(kinds, options, handler);
  }

  async *logs(
    ref: PodRef,
    options: LogOptions = {},
  ): AsyncGenerator<ContainerLogLine> {
    await turn();
    const pod = this.#objects.get({ ...KINDS.pod, ...ref });
    const state = this.#pods.stateOf(pod);
    const logs = options.previous ? state?.formerLogs : state?.logs;
    if (!logs?.[ref.container]) {
      throw new NotFoundError(
        `container "${ref.container}" in pod "${ref.name}" has no log`,
      );
    }
    // A restart begins another log: this one is followed to its end.
    const lines = logs[ref.container] ?? [];
    let at = options.tailLines
      ? Math.max(0, lines.length - options.tailLines)
      : 0;
    const isOver = () =>
      !options.follow ||
      options.signal?.aborted ||
      this.#pods.stateOf(pod)?.logs !== logs;
    do {
      for (; at < lines.length; at++) {
        const line = lines[at];
        if (line && (!options.since || line.at >= options.since)) yield line;
      }
      if (!isOver()) await this.#pods.logged(options.signal);
    } while (at < lines.length || !isOver());
  }

  async address(
    ref: { kind: 'Service' | 'Pod'; namespace: string; name: string },
    portName: string,
  ): Promise<ClusterEndpoint | undefined> {
    await turn();
    const object = this.#objects.get(ref);
    const isThere =
      object &&
      (ref.kind === 'Pod'
        ? this.#pods.stateOf(object) && hasPort(object, portName)
        : asService(object).spec?.ports?.some(({ name }) => name === portName));
    if (!isThere || !this.#server) return undefined;
    const place = [ref.namespace, ref.name, portName];
    return { url: this.#server.urlOf(ref.kind, place), headers: {} };
  }

  async metrics(): Promise<ContainerMetrics[] | undefined> {
    return undefined;
  }

  /** Ends the watches; the cluster goes on, as others use it. */
  async close(): Promise<void> {
    await this.#own?.close();
    this.#own = undefined;
  }

  /** Controllers look in the turn after a change, once for all changes of a turn. */
  #onChange({ type, object }: Required<WatchEvent>): void {
    const { name, namespace = '', ownerReferences } = object.metadata;
    switch (object.kind) {
      case 'Deployment':
        if (type !== 'DELETED') this.#reconcileDeployment(namespace, name);
        this.#scale(namespace);
        break;
      case 'HorizontalPodAutoscaler':
        if (type !== 'DELETED') this.#scale(namespace);
        break;
      case 'Pod':
        if (type === 'DELETED') this.#pods.forget(object);
        else this.#pods.look(object);
        for (const owner of ownerReferences ?? []) {
          this.#reconcileDeployment(namespace, owner.name);
        }
        this.#reconcileEndpoints(namespace);
        break;
      case 'Service':
        if (type !== 'DELETED') this.#reconcileEndpoints(namespace);
        break;
      case 'EndpointSlice':
        if (type === 'DELETED') this.#reconcileEndpoints(namespace);
        this.#soon('pods', () => this.#pods.lookAtAll());
        break;
      case 'Secret':
        this.#soon('pods', () => this.#pods.lookAtAll());
        break;
      default:
    }
  }

  #reconcileDeployment(namespace: string, name: string): void {
    this.#soon(`deployment ${namespace}/${name}`, () =>
      this.#deployments.reconcile({ namespace, name }),
    );
  }

  #scale(namespace: string): void {
    this.#soon(`autoscalers ${namespace}`, () =>
      this.#autoscalers.reconcile(namespace),
    );
  }

  #reconcileEndpoints(namespace: string): void {
    this.#soon(`endpoints ${namespace}`, () =>
      this.#endpoints.reconcile(namespace),
    );
  }

  #soon(key: string, work: () => void): void {
    if (this.#due.has(key)) return;
    this.#due.add(key);
    this.#turns.after(1, () => {
      this.#due.delete(key);
      try {
        work();
      } catch (error) {
        // Nothing new is made in a namespace that is going.
        if (!isError(error) || error.name !== 'ConflictError') throw error;
      }
    });
  }
}

/** A namespace as its owner makes it for a portal. */
function namespaceObject(name: string): KubernetesObject {
  return {
    ...KINDS.namespace,
    metadata: {
      name,
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  };
}

/** Whether a portal that may use these namespaces sees an object when it lists. */
function isUsable(namespaces: readonly string[] | undefined) {
  return ({ kind, metadata }: KubernetesObject) =>
    !namespaces ||
    namespaces.includes(
      (kind === 'Namespace' ? metadata.name : metadata.namespace) ?? '',
    );
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

function isWatched(
  object: KubernetesObject,
  kinds: ObjectKind[],
  options: ListOptions,
): boolean {
  return (
    object.kind !== 'Secret' &&
    kinds.some(({ kind }) => kind === object.kind) &&
    (options.namespace === undefined ||
      options.namespace === object.metadata.namespace) &&
    matchesLabels(object, options.labels)
  );
}

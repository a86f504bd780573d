import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NotFoundError } from '@backstage/errors';
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
import type { Ingress } from 'kubernetes-types/networking/v1';
import { AutoscalerController } from './controllers/AutoscalerController';
import { DeploymentController } from './controllers/DeploymentController';
import { Endpoints } from './network/endpoints';
import { FrontProxy } from './network/FrontProxy';
import { Services } from './network/Services';
import type { RestartBackoff } from './pods/ContainerRunner';
import type { PlayableImage } from './pods/images';
import { PodRunner } from './pods/PodRunner';
import { readUsage } from './processes/readUsage';
import { Supervisor } from './processes/Supervisor';
import { EventRecorder } from './store/EventRecorder';
import { ObjectStore } from './store/ObjectStore';
import { Watches } from './store/Watches';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const INGRESS = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
const SERVICE = { apiVersion: 'v1', kind: 'Service' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const CLOSE_WITHIN_MILLIS = 5_000;

export interface EmbeddedClusterOptions {
  /** Folder for volumes, service maps and the list of processes. */
  directory: string;
  /** 0 for a free one. */
  frontPort: number;
  images: readonly PlayableImage[];
  backoff: RestartBackoff;
}

/**
 * A cluster of one machine: plays Kubernetes objects as processes. It begins empty; whoever wants something applies it again.
 * There is no isolation between namespaces.
 */
export class EmbeddedClusterClient implements ClusterClient {
  readonly endsOnClose = true;
  readonly #store = new ObjectStore();
  readonly #events = new EventRecorder(this.#store);
  readonly #watches = new Watches(this.#store);
  readonly #deployments = new DeploymentController(this.#store, this.#events);
  readonly #autoscalers = new AutoscalerController(this.#store);
  readonly #runners = new Map<string, PodRunner>();
  readonly #endpoints = new Endpoints(this.#store, pod =>
    this.#runners.get(pod.metadata.uid ?? ''),
  );
  readonly #services: Services;
  #front: FrontProxy | undefined;
  #closed: Promise<void> | undefined;

  private constructor(
    private readonly options: EmbeddedClusterOptions,
    private readonly supervisor: Supervisor,
  ) {
    const { directory } = options;
    // Of an earlier run, whose processes have been ended.
    rmSync(join(directory, 'pods'), { recursive: true, force: true });
    mkdirSync(join(directory, 'pods'), { recursive: true });
    this.#services = new Services(
      this.#store,
      this.#endpoints,
      join(directory, 'services'),
    );
    this.#store.onEvent(event => this.#onEvent(event));
  }

  /** @throws Error when the front port is in use */
  static async create(
    options: EmbeddedClusterOptions,
  ): Promise<EmbeddedClusterClient> {
    const supervisor = Supervisor.create(options.directory);
    const client = new EmbeddedClusterClient(options, supervisor);
    try {
      client.#front = await FrontProxy.listen({
        port: options.frontPort,
        route: host => client.#route(host),
      });
    } catch (error) {
      supervisor.close();
      throw error;
    }
    return client;
  }

  async front(): Promise<IngressFront> {
    const port = this.#front?.port ?? this.options.frontPort;
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
    const applied: KubernetesObject[] = [];
    for (const object of objects) {
      applied.push(this.#store.apply(object, options.dryRun));
      // Deployments come after the Services their pods look for.
      if (object.kind === 'Service') await this.#services.settled();
    }
    return applied;
  }

  async delete(ref: ObjectRef): Promise<void> {
    this.#store.delete(ref);
  }

  async get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    return this.#store.get(ref);
  }

  async list(
    kind: ObjectKind,
    options?: ListOptions,
  ): Promise<KubernetesObject[]> {
    return this.#store.list(kind, options);
  }

  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void } {
    return this.#watches.add(
      object =>
        object.kind !== 'Secret' &&
        kinds.some(({ kind }) => kind === object.kind) &&
        (options.namespace === undefined ||
          options.namespace === object.metadata.namespace) &&
        matchesLabels(object, options.labels),
      handler,
    );
  }

  async *logs(
    pod: PodRef,
    options: LogOptions = {},
  ): AsyncGenerator<ContainerLogLine> {
    const object = this.#store.get({ ...POD, ...pod });
    const runner = object && this.#runners.get(object.metadata.uid ?? '');
    const buffer = runner?.logs(pod.container, options.previous ?? false);
    if (!buffer) {
      throw new NotFoundError(
        `container "${pod.container}" in pod "${pod.name}" has no log`,
      );
    }
    yield* buffer.read(options);
  }

  async address(
    ref: { kind: 'Service' | 'Pod'; namespace: string; name: string },
    portName: string,
  ): Promise<ClusterEndpoint | undefined> {
    const object = this.#store.get({ apiVersion: 'v1', ...ref });
    if (!object) return undefined;
    const port =
      ref.kind === 'Pod'
        ? this.#runners.get(object.metadata.uid ?? '')?.portOf(portName)
        : await this.#servicePort(object, portName);
    return port === undefined
      ? undefined
      : { url: `http://127.0.0.1:${port}`, headers: {} };
  }

  /** As long as somebody is behind it. */
  async #servicePort(
    service: KubernetesObject,
    portName: string,
  ): Promise<number | undefined> {
    const port = this.#endpoints
      .portsOf(service)
      .find(({ name }) => name === portName);
    return port && this.#endpoints.resolve(service, port).length > 0
      ? this.#services.loopbackPort(service, port.port)
      : undefined;
  }

  async metrics(options: ListOptions): Promise<ContainerMetrics[]> {
    const found: ContainerMetrics[] = [];
    for (const pod of this.#store.list(POD, options)) {
      const runner = this.#runners.get(pod.metadata.uid ?? '');
      for (const { container, pid } of runner?.processes ?? []) {
        const usage = await readUsage(pid);
        if (usage) found.push({ pod: pod.metadata.name, container, ...usage });
      }
    }
    return found;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#watches.close();
    this.#deployments.close();
    const stopping = [...this.#runners.values()].map(runner => runner.stop());
    await Promise.race([
      Promise.allSettled(stopping),
      new Promise(resolve => setTimeout(resolve, CLOSE_WITHIN_MILLIS).unref()),
    ]);
    this.supervisor.close();
    await Promise.all([this.#services.close(), this.#front?.close()]);
  }

  #onEvent({ type, object }: Required<WatchEvent>): void {
    if (this.#closed) return;
    if (object.kind === 'Deployment') {
      if (type !== 'DELETED') this.#deployments.reconcile(object);
      this.#autoscalers.reconcile(object.metadata.namespace);
    } else if (object.kind === 'HorizontalPodAutoscaler') {
      this.#autoscalers.reconcile(object.metadata.namespace);
    } else if (object.kind === 'Service') {
      this.#services.onChange(object, type === 'DELETED');
    } else if (object.kind === 'Pod') {
      this.#onPod(type, object);
    }
  }

  #onPod(type: WatchEvent['type'], pod: KubernetesObject): void {
    const uid = pod.metadata.uid ?? '';
    if (type === 'ADDED') {
      const runner = new PodRunner({
        pod,
        store: this.#store,
        events: this.#events,
        supervisor: this.supervisor,
        images: this.options.images,
        directory: join(this.options.directory, 'pods', uid),
        serviceMap: this.#services.mapFile(pod.metadata.namespace ?? ''),
        backoff: this.options.backoff,
      });
      this.#runners.set(uid, runner);
      runner.start();
    } else if (type === 'MODIFIED' && pod.metadata.deletionTimestamp) {
      this.#endPod(uid, pod);
    }
    const owner = pod.metadata.ownerReferences?.find(
      ({ kind }) => kind === 'Deployment',
    );
    const deployment =
      owner &&
      this.#store.get({
        ...DEPLOYMENT,
        namespace: pod.metadata.namespace,
        name: owner.name,
      });
    if (deployment && type !== 'ADDED') this.#deployments.reconcile(deployment);
  }

  readonly #ending = new Set<string>();

  #endPod(uid: string, pod: KubernetesObject): void {
    if (this.#ending.has(uid)) return;
    this.#ending.add(uid);
    const runner = this.#runners.get(uid);
    void Promise.resolve(runner?.stop())
      .catch(() => undefined)
      .then(() => {
        this.#runners.delete(uid);
        this.#ending.delete(uid);
        this.#store.remove(refOf(pod));
      });
  }

  /** Ready pods behind the Service of the Ingress that has the host. */
  #route(host: string): number[] | undefined {
    for (const object of this.#store.list(INGRESS)) {
      const { spec }: Ingress = object as Ingress;
      for (const rule of spec?.rules ?? []) {
        const backend = rule.http?.paths?.[0]?.backend.service;
        if (rule.host !== host || !backend) continue;
        const service = this.#store.get({
          ...SERVICE,
          namespace: object.metadata.namespace,
          name: backend.name,
        });
        if (!service) return [];
        const port = this.#endpoints
          .portsOf(service)
          .find(
            ({ name, port: number }) =>
              name === backend.port?.name || number === backend.port?.number,
          );
        return port ? this.#endpoints.resolve(service, port) : [];
      }
    }
    return undefined;
  }
}

import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import {
  matchesLabels,
  refOf,
  type ApplyOptions,
  type ClusterClient,
  type ClusterEndpoint,
  type ClusterNetwork,
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
import { addressOf, type Reach } from './addresses';
import { ApiServer } from './ApiServer';
import { AppliedObjects } from './AppliedObjects';
import { Connection, type Authentication } from './connect';
import { keptReplicas, leavesReplicas, SCALING_MANAGER } from './keepReplicas';
import { KindsWatch } from './KindsWatch';
import { listObjects } from './listObjects';
import { objectPath } from './paths';
import { podLogs } from './podLogs';
import { readUsage } from './usage';

export interface KubernetesClusterOptions {
  /** As runtimes name it. */
  name: string;
  authentication: Authentication;
  /** How the portal reaches pods and Services: by their own addresses, or through the API server. */
  reach: Reach;
  /** The only namespaces the portal may use; all by default. */
  namespaces?: string[];
  front: IngressFront;
  network: ClusterNetwork;
  logger: LoggerService;
}

const nameOf = ({ kind, name, namespace }: ObjectRef) =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

function isNotFound(error: unknown): boolean {
  return isError(error) && error.name === 'NotFoundError';
}

/** A Kubernetes cluster, through its API server. */
export class KubernetesClusterClient implements ClusterClient {
  readonly #api: ApiServer;
  readonly #applied = new AppliedObjects();
  readonly #watches = new Set<{ close(): void }>();

  private constructor(
    private readonly options: KubernetesClusterOptions,
    connection: Connection,
  ) {
    this.#api = new ApiServer(connection);
  }

  /**
   * Calls nobody yet: a cluster that cannot be reached is said where it is used, and does not keep the portal from starting.
   *
   * @throws Error that names the cluster and what is wrong with its settings
   */
  static async create(
    options: KubernetesClusterOptions,
  ): Promise<KubernetesClusterClient> {
    const { name, authentication } = options;
    const connection = await Connection.create(name, authentication);
    return new KubernetesClusterClient(options, connection);
  }

  get network(): ClusterNetwork {
    return this.options.network;
  }

  get namespaces(): readonly string[] | undefined {
    return this.options.namespaces;
  }

  async front(): Promise<IngressFront> {
    return this.options.front;
  }

  async apply(
    objects: KubernetesObject[],
    options: ApplyOptions,
  ): Promise<KubernetesObject[]> {
    const applied: KubernetesObject[] = [];
    for (const object of objects) {
      const known = options.dryRun ? undefined : this.#applied.find(object);
      applied.push(known ?? (await this.#apply(object, options)));
    }
    return applied;
  }

  async #apply(
    object: KubernetesObject,
    options: ApplyOptions,
  ): Promise<KubernetesObject> {
    if (leavesReplicas(object)) await this.#keepReplicas(object, options);
    const stored = await this.#patch(object, options);
    if (options.dryRun) return stored;
    const was = this.#applied.remember(object, stored);
    if (was) options.onDrift?.({ object: refOf(object), was });
    return stored;
  }

  async #keepReplicas(
    object: KubernetesObject,
    options: ApplyOptions,
  ): Promise<void> {
    const current = await this.get(refOf(object));
    const kept = keptReplicas(object, current, options.fieldManager);
    if (kept) {
      await this.#patch(kept, { ...options, fieldManager: SCALING_MANAGER });
    }
  }

  #patch(
    object: KubernetesObject,
    options: ApplyOptions,
  ): Promise<KubernetesObject> {
    const ref = refOf(object);
    return this.#api.call<KubernetesObject>({
      what: `apply ${nameOf(ref)}`,
      method: 'PATCH',
      path: objectPath(ref),
      query: {
        fieldManager: options.fieldManager,
        // Fields of others are taken over: what the portal renders is what is wanted.
        force: true,
        dryRun: options.dryRun ? 'All' : undefined,
      },
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
  }

  async delete(ref: ObjectRef): Promise<void> {
    this.#applied.forget(ref);
    await this.#api
      .call({
        what: `delete ${nameOf(ref)}`,
        method: 'DELETE',
        path: objectPath(ref),
        body: { propagationPolicy: 'Foreground' },
      })
      .catch(error => {
        if (!isNotFound(error)) throw error;
      });
  }

  async get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    try {
      return await this.#api.call<KubernetesObject>({
        what: `read ${nameOf(ref)}`,
        path: objectPath(ref),
      });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list(
    kind: ObjectKind,
    options: ListOptions = {},
  ): Promise<KubernetesObject[]> {
    const { namespaces } = this.options;
    if (!namespaces || options.namespace !== undefined) {
      return listObjects(this.#api, kind, options);
    }
    const lists = await Promise.all(
      namespaces.map(namespace => this.#listIn(namespace, kind, options)),
    );
    return lists.flat();
  }

  /** Of a namespace the portal was given, whose own object it may read but not list. */
  async #listIn(
    namespace: string,
    kind: ObjectKind,
    options: ListOptions,
  ): Promise<KubernetesObject[]> {
    if (kind.kind !== 'Namespace') {
      return listObjects(this.#api, kind, { ...options, namespace });
    }
    const found = await this.get({ ...kind, name: namespace });
    return found && matchesLabels(found, options.labels) ? [found] : [];
  }

  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void } {
    const { logger, namespaces } = this.options;
    const followed = new KindsWatch({
      api: this.#api,
      applied: this.#applied,
      kinds,
      labels: options.labels,
      namespaces:
        options.namespace === undefined ? namespaces : [options.namespace],
      handler,
      logger,
    });
    const watch = {
      close: () => {
        followed.close();
        this.#watches.delete(watch);
      },
    };
    this.#watches.add(watch);
    return watch;
  }

  logs(pod: PodRef, options: LogOptions = {}): AsyncIterable<ContainerLogLine> {
    return podLogs(this.#api, pod, options);
  }

  async address(
    ref: { kind: 'Service' | 'Pod'; namespace: string; name: string },
    portName: string,
    known?: KubernetesObject,
  ): Promise<ClusterEndpoint | undefined> {
    const object = known ?? (await this.get({ apiVersion: 'v1', ...ref }));
    return (
      object &&
      addressOf(object, portName, this.options.reach, this.#api.connection)
    );
  }

  metrics(options: ListOptions): Promise<ContainerMetrics[] | undefined> {
    return readUsage(kind => this.list(kind, options));
  }

  async close(): Promise<void> {
    for (const watch of [...this.#watches]) watch.close();
    this.#api.close();
  }
}

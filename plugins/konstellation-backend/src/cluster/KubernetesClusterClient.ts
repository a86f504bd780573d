import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError, stringifyError } from '@backstage/errors';
import type {
  ClusterClient,
  ClusterEndpoint,
  ContainerLogLine,
  ContainerMetrics,
  IngressFront,
  KubernetesObject,
  ListOptions,
  LogOptions,
  ObjectKind,
  ObjectRef,
  PodRef,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import { addressOf, type Reach } from './addresses';
import { ApiServer } from './ApiServer';
import { Connection, type Authentication } from './connect';
import { EventQueue } from './EventQueue';
import { KindWatch } from './KindWatch';
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
  logger: LoggerService;
}

/** Fields of others are taken over where we apply them: what the portal renders is what is wanted. */
const FORCE = true;

/** Secrets are read by nobody but those they are for. */
const isWatched = ({ kind }: ObjectKind) => kind !== 'Secret';

const nameOf = ({ kind, name, namespace }: ObjectRef) =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

function isNotFound(error: unknown): boolean {
  return isError(error) && error.name === 'NotFoundError';
}

/** A Kubernetes cluster, through its API server. */
export class KubernetesClusterClient implements ClusterClient {
  readonly #api: ApiServer;
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

  async front(): Promise<IngressFront> {
    return this.options.front;
  }

  async apply(
    objects: KubernetesObject[],
    options: { fieldManager: string; dryRun?: boolean },
  ): Promise<KubernetesObject[]> {
    const applied: KubernetesObject[] = [];
    for (const object of objects) {
      const { apiVersion, kind, metadata } = object;
      const { name, namespace } = metadata;
      const ref = { apiVersion, kind, name, namespace };
      applied.push(
        await this.#api.call<KubernetesObject>({
          what: `apply ${nameOf(ref)}`,
          method: 'PATCH',
          path: objectPath(ref),
          query: {
            fieldManager: options.fieldManager,
            force: FORCE,
            dryRun: options.dryRun ? 'All' : undefined,
          },
          // JSON is YAML.
          contentType: 'application/apply-patch+yaml',
          body: object,
        }),
      );
    }
    return applied;
  }

  async delete(ref: ObjectRef): Promise<void> {
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
    const labels = found?.metadata.labels ?? {};
    const isWanted = Object.entries(options.labels ?? {}).every(
      ([name, value]) => labels[name] === value,
    );
    return found && isWanted ? [found] : [];
  }

  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void } {
    const { logger, name } = this.options;
    const queue = new EventQueue(handler, error =>
      logger.error(
        `a change in the cluster "${name}" was not handled: ${stringifyError(
          error,
        )}`,
      ),
    );
    const places =
      options.namespace === undefined
        ? this.options.namespaces ?? [undefined]
        : [options.namespace];
    const waiting = new Set<string>();
    const parts = places.flatMap(namespace =>
      kinds.filter(isWatched).map(kind => {
        const id = `${namespace}/${kind.kind}`;
        waiting.add(id);
        return new KindWatch({
          api: this.#api,
          kind,
          selection: { labels: options.labels, namespace },
          onRelisted: () => {
            // It begins with one for all.
            const isFirst = waiting.delete(id);
            if (!isFirst || waiting.size === 0) queue.add({ type: 'RELISTED' });
          },
          onEvent: event => queue.add(event),
          onProblem: error =>
            logger.warn(
              `${
                kind.kind
              } of the cluster "${name}" cannot be watched just now: ${stringifyError(
                error,
              )}`,
            ),
        });
      }),
    );
    const watch = {
      close: () => {
        queue.close();
        parts.forEach(part => part.close());
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
  ): Promise<ClusterEndpoint | undefined> {
    const object = await this.get({ apiVersion: 'v1', ...ref });
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

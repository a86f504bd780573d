import {
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
import { keyOf } from '../objects';
import type { FaultPlan } from './FaultPlan';

/** Answers of one read: the last, and the one before that differs. */
interface Answers {
  last: KubernetesObject[];
  older?: KubernetesObject[];
}

function versionOf(objects: KubernetesObject[]): string {
  return objects
    .map(({ metadata }) => `${metadata.uid}/${metadata.resourceVersion}`)
    .join();
}

/** A cluster whose calls go wrong as planned. Each object that is applied is a call, as it is in Kubernetes. */
export class FaultyCluster implements ClusterClient {
  readonly #answers = new Map<string, Answers>();
  /** By key, what was there after it was applied. */
  readonly #applied = new Map<string, string>();
  readonly #watches = new Set<{ close(): void }>();

  /** @param headers - sent with every request to an endpoint */
  constructor(
    private readonly inner: ClusterClient,
    private readonly plan: FaultPlan,
    private readonly headers: Record<string, string> = {},
  ) {
    plan.onKill(() => {
      for (const watch of this.#watches) watch.close();
    });
  }

  get namespaces(): readonly string[] | undefined {
    return this.inner.namespaces;
  }

  front(): Promise<IngressFront> {
    return this.plan.alive(() => this.inner.front());
  }

  async apply(
    objects: KubernetesObject[],
    options: { fieldManager: string; dryRun?: boolean },
  ): Promise<KubernetesObject[]> {
    const applied: KubernetesObject[] = [];
    for (const object of objects) {
      const key = keyOf(refOf(object));
      const [stored] = await this.plan.call(
        'cluster',
        `apply ${key}`,
        () => this.inner.apply([object], options),
        {
          isWrite: true,
          changed: ([after]) => this.#isNews(key, after),
        },
      );
      if (stored) applied.push(stored);
    }
    return applied;
  }

  delete(ref: ObjectRef): Promise<void> {
    return this.plan.call(
      'cluster',
      `delete ${keyOf(ref)}`,
      () => this.inner.delete(ref),
      { isWrite: true },
    );
  }

  async get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    const [object] = await this.#read(`get ${keyOf(ref)}`, async () => {
      const found = await this.inner.get(ref);
      return found ? [found] : [];
    });
    return object;
  }

  list(
    kind: ObjectKind,
    options: ListOptions = {},
  ): Promise<KubernetesObject[]> {
    const labels = Object.entries(options.labels ?? {}).map(term =>
      term.join('='),
    );
    const where = [options.namespace, ...labels].filter(Boolean).join(',');
    return this.#read(`list ${kind.kind} ${where}`, () =>
      this.inner.list(kind, options),
    );
  }

  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void } {
    const watch = this.inner.watch(kinds, options, async event => {
      const name = event.object ? ` ${keyOf(refOf(event.object))}` : '';
      switch (this.plan.event(`${event.type}${name}`)) {
        case 'dropped':
          return;
        case 'duplicated':
          await handler(event);
          await handler(event);
          return;
        case 'gone':
          await handler({ type: 'RELISTED' });
          return;
        default:
          await handler(event);
      }
    });
    this.#watches.add(watch);
    return {
      close: () => {
        this.#watches.delete(watch);
        watch.close();
      },
    };
  }

  async *logs(
    pod: PodRef,
    options?: LogOptions,
  ): AsyncGenerator<ContainerLogLine> {
    const lines = this.inner.logs(pod, options)[Symbol.asyncIterator]();
    const name = `logs ${pod.namespace}/${pod.name}/${pod.container}`;
    let line = await this.plan.call('cluster', name, () => lines.next());
    while (!line.done) {
      yield line.value;
      line = await this.plan.waiting(() => lines.next());
    }
  }

  async address(
    ref: { kind: 'Service' | 'Pod'; namespace: string; name: string },
    portName: string,
    known?: KubernetesObject,
  ): Promise<ClusterEndpoint | undefined> {
    const endpoint = await this.plan.call(
      'cluster',
      `address ${keyOf(ref)} ${portName}`,
      () => this.inner.address(ref, portName, known),
    );
    return (
      endpoint && {
        ...endpoint,
        headers: { ...endpoint.headers, ...this.headers },
      }
    );
  }

  metrics(options: ListOptions): Promise<ContainerMetrics[] | undefined> {
    return this.plan.alive(() => this.inner.metrics(options));
  }

  close(): Promise<void> {
    return this.plan.alive(() => this.inner.close());
  }

  /** Whether an object is not as it was when it was applied before. */
  #isNews(key: string, object: KubernetesObject | undefined): boolean {
    const { generation, labels, annotations } = object?.metadata ?? {};
    const version = JSON.stringify([
      object?.metadata.uid,
      generation,
      labels,
      annotations,
    ]);
    const isNews = this.#applied.get(key) !== version;
    this.#applied.set(key, version);
    return isNews;
  }

  async #read(
    label: string,
    read: () => Promise<KubernetesObject[]>,
  ): Promise<KubernetesObject[]> {
    const known = this.#answers.get(label);
    const isSame = (answer: KubernetesObject[]) =>
      known !== undefined && versionOf(answer) === versionOf(known.last);
    const objects = await this.plan.call('cluster', label, read, {
      former: known && { ...known, isSame },
    });
    if (!isSame(objects)) {
      this.#answers.set(label, { last: objects, older: known?.last });
    }
    return objects;
  }
}

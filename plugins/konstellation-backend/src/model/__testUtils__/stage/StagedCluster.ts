import { ServiceUnavailableError } from '@backstage/errors';
import type {
  ClusterClient,
  ContainerLogLine,
  KubernetesObject,
  ListOptions,
  LogOptions,
  ObjectKind,
  ObjectRef,
  PodRef,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { FaultPlan } from '../../../__testUtils__/simulation/faults/FaultPlan';

/** The cluster as one life of the portal sees it: gone with that, and now and then out of reach. */
export class StagedCluster implements ClusterClient {
  constructor(
    private readonly inner: ClusterClient,
    private readonly options: {
      plan: FaultPlan;
      /** Sent with every request to an endpoint. */
      headers: Record<string, string>;
      isReachable: () => boolean;
    },
  ) {}

  get namespaces() {
    return this.inner.namespaces;
  }

  front() {
    return this.options.plan.alive(() => this.inner.front());
  }

  apply(objects: KubernetesObject[], options: { fieldManager: string }) {
    return this.#call(() => this.inner.apply(objects, options));
  }

  delete(ref: ObjectRef) {
    return this.#call(() => this.inner.delete(ref));
  }

  get(ref: ObjectRef) {
    return this.#call(() => this.inner.get(ref));
  }

  list(kind: ObjectKind, options?: ListOptions) {
    return this.#call(() => this.inner.list(kind, options));
  }

  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ) {
    return this.inner.watch(kinds, options, async event => {
      if (this.options.plan.event(event.type) !== 'dropped') {
        await handler(event);
      }
    });
  }

  async *logs(
    pod: PodRef,
    options?: LogOptions,
  ): AsyncGenerator<ContainerLogLine> {
    const lines = this.inner.logs(pod, options)[Symbol.asyncIterator]();
    for (;;) {
      const line = await this.#call(() => lines.next());
      if (line.done) return;
      yield line.value;
    }
  }

  async address(
    ref: { kind: 'Service' | 'Pod'; namespace: string; name: string },
    portName: string,
    known?: KubernetesObject,
  ) {
    const found = await this.#call(() =>
      this.inner.address(ref, portName, known),
    );
    const { headers } = this.options;
    return found && { ...found, headers: { ...found.headers, ...headers } };
  }

  metrics(options: ListOptions) {
    return this.#call(() => this.inner.metrics(options));
  }

  close() {
    return this.options.plan.alive(() => this.inner.close());
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    const { plan, isReachable } = this.options;
    return plan.alive(() =>
      isReachable()
        ? work()
        : Promise.reject(new ServiceUnavailableError('nobody answers')),
    );
  }
}

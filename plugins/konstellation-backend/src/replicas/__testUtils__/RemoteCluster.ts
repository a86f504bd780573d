import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import {
  ConflictError,
  InputError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type {
  ClusterClient,
  ClusterEndpoint,
  ContainerLogLine,
  IngressFront,
  KubernetesObject,
  ListOptions,
  LogOptions,
  ObjectKind,
  ObjectRef,
  PodRef,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';

const ERRORS: Record<string, new (message: string) => Error> = {
  ConflictError,
  InputError,
  NotFoundError,
};

const WATCH_AGAIN_MILLIS = 100;

/** The cluster of a {@link ClusterServer}, from another process. */
export class RemoteCluster implements ClusterClient {
  readonly #closed = new AbortController();

  constructor(private readonly url: string) {}

  front(): Promise<IngressFront> {
    return this.#call('front');
  }

  apply(
    objects: KubernetesObject[],
    options: { fieldManager: string; dryRun?: boolean },
  ): Promise<KubernetesObject[]> {
    return this.#call('apply', objects, options);
  }

  async delete(ref: ObjectRef): Promise<void> {
    await this.#call('delete', ref);
  }

  get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    return this.#call('get', ref);
  }

  list(kind: ObjectKind, options?: ListOptions): Promise<KubernetesObject[]> {
    return this.#call('list', kind, options);
  }

  address(
    ref: { kind: 'Service' | 'Pod'; namespace: string; name: string },
    portName: string,
  ): Promise<ClusterEndpoint | undefined> {
    return this.#call('address', ref, portName);
  }

  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void } {
    const stopped = new AbortController();
    const signal = AbortSignal.any([stopped.signal, this.#closed.signal]);
    const follow = async () => {
      while (!signal.aborted) {
        try {
          const lines = this.#lines<WatchEvent>(
            'watch',
            [kinds, options],
            signal,
          );
          for await (const event of lines) await handler(event);
        } catch {
          // Watched again; it begins with a list.
        }
        await new Promise(resolve => setTimeout(resolve, WATCH_AGAIN_MILLIS));
      }
    };
    void follow();
    return { close: () => stopped.abort() };
  }

  async *logs(
    pod: PodRef,
    { signal, ...options }: LogOptions = {},
  ): AsyncGenerator<ContainerLogLine> {
    const lines = this.#lines<ContainerLogLine & { problem?: string }>(
      'logs',
      [pod, options],
      AbortSignal.any([this.#closed.signal, ...(signal ? [signal] : [])]),
    );
    for await (const line of lines) {
      if (line.problem) throw new NotFoundError(line.problem);
      yield line;
    }
  }

  async metrics(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }

  async #call<T>(method: string, ...parameters: unknown[]): Promise<T> {
    const response = await fetch(`${this.url}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(parameters),
      signal: AbortSignal.timeout(10_000),
    }).catch(error => {
      throw new ServiceUnavailableError(
        `the cluster does not answer: ${error}`,
      );
    });
    const { result, error } = await response.json();
    if (!error) return result;
    throw new (ERRORS[error.name] ?? ServiceUnavailableError)(error.message);
  }

  async *#lines<T>(
    method: string,
    parameters: unknown[],
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    const response = await fetch(`${this.url}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(parameters),
      signal,
    });
    if (!response.body) return;
    const body = Readable.from(response.body);
    for await (const line of createInterface({ input: body })) {
      yield JSON.parse(line);
    }
  }
}

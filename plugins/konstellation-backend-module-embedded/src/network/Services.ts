import { mkdir, rename, writeFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { ObjectStore } from '../store/ObjectStore';
import type { Endpoints } from './endpoints';
import { ServiceProxy } from './ServiceProxy';

const SERVICE = { apiVersion: 'v1', kind: 'Service' };

/** Gives every Service port a loopback port, and tells pods through a file, as there is no DNS. */
export class Services {
  readonly #proxies = new Map<string, Promise<ServiceProxy>>();
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ObjectStore,
    private readonly endpoints: Endpoints,
    private readonly directory: string,
  ) {
    mkdirSync(directory, { recursive: true });
  }

  /** Path of the service map of a namespace. */
  mapFile(namespace: string): string {
    return join(this.directory, `${namespace}.json`);
  }

  /** The loopback port of a port of a Service: it stays, whoever is behind it. */
  async loopbackPort(
    { metadata }: KubernetesObject,
    port: number,
  ): Promise<number | undefined> {
    const { name, namespace = '' } = metadata;
    return (await this.#proxies.get(`${namespace}/${name}:${port}`))?.port;
  }

  onChange(service: KubernetesObject, gone: boolean): void {
    const { name, namespace = '' } = service.metadata;
    for (const port of this.endpoints.portsOf(service)) {
      const key = `${namespace}/${name}:${port.port}`;
      const proxy = this.#proxies.get(key);
      if (gone) {
        this.#proxies.delete(key);
        void proxy?.then(open => open.close());
      } else if (!proxy) {
        this.#proxies.set(
          key,
          ServiceProxy.listen(() => {
            const current = this.store.get({ ...SERVICE, name, namespace });
            const now = current && this.#port(current, port.port);
            return current && now ? this.endpoints.resolve(current, now) : [];
          }),
        );
      }
    }
    // One after another: the newest state is written last.
    this.#writing = this.#writing
      .then(() => this.#writeMap(namespace))
      .catch(() => undefined);
  }

  /** Resolves when what was changed so far can be found by pods. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.#writing;
    const proxies = await Promise.all(this.#proxies.values());
    await Promise.all(proxies.map(proxy => proxy.close()));
  }

  #port(service: KubernetesObject, number: number) {
    return this.endpoints.portsOf(service).find(({ port }) => port === number);
  }

  async #writeMap(namespace: string): Promise<void> {
    const map: Record<string, string> = {};
    for (const [key, proxy] of this.#proxies) {
      const [owner, rest] = key.split('/');
      if (owner !== namespace || rest === undefined) continue;
      const [name, port] = rest.split(':');
      const target = `127.0.0.1:${(await proxy).port}`;
      map[`${name}:${port}`] = target;
      map[`${name}.${namespace}:${port}`] = target;
    }
    const file = this.mapFile(namespace);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(map));
    await rename(`${file}.new`, file);
  }
}

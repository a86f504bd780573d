import { NotFoundError } from '@backstage/errors';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { FakePortal } from './__testUtils__/FakePortal';
import { RuntimeReader, type RuntimeApi } from './RuntimeReader';

const { signal } = new AbortController();

/** The API in memory, with what it was asked for. */
class FakeApi implements RuntimeApi {
  readonly asked: string[] = [];
  readonly gone = new Set<string>();

  constructor(
    private readonly runtimes: readonly Runtime[],
    private readonly versions: readonly Version[],
  ) {}

  async listRuntimes() {
    this.#ask('runtimes');
    return { items: [...this.runtimes] };
  }

  async getRuntime(id: string) {
    this.#ask(id);
    const runtime = this.runtimes.find(each => each.id === id);
    if (!runtime) throw notFound(id);
    return runtime;
  }

  async listVersions(id: string, { cursor }: { cursor?: string } = {}) {
    this.#ask(`${id}/versions`);
    const all = this.versions.filter(({ runtime }) => runtime === id);
    const at = Number(cursor ?? 0);
    const more = at + 1 < all.length ? { nextCursor: String(at + 1) } : {};
    return { items: all.slice(at, at + 1), ...more };
  }

  async getSchema({ runtime, version }: { runtime: string; version: string }) {
    this.#ask(`${runtime}/${version}/schema`);
    return { proto: `// ${version}`, rpcs: [] };
  }

  #ask(what: string): void {
    this.asked.push(what);
    if (this.gone.has(what)) throw notFound(what);
  }
}

function notFound(what: string): Error {
  return Object.assign(new NotFoundError(`no ${what}`), { statusCode: 404 });
}

function createApi(): FakeApi {
  const portal = new FakePortal();
  portal.runtimes.set('prices', { versions: ['v1', 'v2'], published: 'v2' });
  return new FakeApi(portal.allRuntimes(), portal.allVersions('prices'));
}

describe('RuntimeReader', () => {
  it('reads a runtime with all versions and the proto of the published one', async () => {
    const api = createApi();
    const snapshot = await new RuntimeReader(api).read('prices', signal);
    expect(snapshot?.versions.map(({ name }) => name)).toEqual(['v1', 'v2']);
    expect([...(snapshot?.protos ?? [])]).toEqual([['prices', '// v2']]);
  });

  it('reads a proto once', async () => {
    const api = createApi();
    const reader = new RuntimeReader(api);
    await reader.read('prices', signal);
    await reader.read('prices', signal);
    expect(api.asked.filter(path => path.endsWith('/schema'))).toHaveLength(1);
  });

  it('tells a runtime that is gone from a version that is gone', async () => {
    const api = createApi();
    const reader = new RuntimeReader(api);
    expect(await reader.read('churn', signal)).toBeUndefined();
    api.gone.add('prices/v2/schema');
    await expect(reader.read('prices', signal)).rejects.toThrow('no prices/v2');
  });

  it('ends a list that goes in circles', async () => {
    const api = createApi();
    const circling: RuntimeApi = {
      listRuntimes: async () => ({ items: [], nextCursor: 'again' }),
      getRuntime: id => api.getRuntime(id),
      listVersions: (id, query) => api.listVersions(id, query),
      getSchema: ref => api.getSchema(ref),
    };
    await expect(new RuntimeReader(circling).listIds(signal)).rejects.toThrow(
      'more than 1000 pages',
    );
  });
});

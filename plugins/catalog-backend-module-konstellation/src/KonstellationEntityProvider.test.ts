import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import {
  KonstellationEntityProvider,
  type KonstellationReader,
} from './KonstellationEntityProvider';

const address = {
  http: 'http://prices.localhost',
  grpc: 'prices.localhost:80',
};
const runtime: Runtime = {
  id: 'prices',
  name: 'Prices',
  owner: 'group:default/ml',
  labels: {},
  cluster: 'embedded',
  namespace: 'kre-prices',
  settings: {},
  status: 'PUBLISHED',
  solutions: [{ id: 'prices', name: 'Prices', address }],
  address,
  versionCounts: { total: 2, started: 2, error: 0 },
  signal: 'secret',
  createdBy: 'user:default/ana',
  createdAt: '2026-01-01T00:00:00Z',
};

function version(name: string, status: Version['status']): Version {
  const allowed = { allowed: true };
  return {
    uid: name,
    name,
    runtime: 'prices',
    solution: 'prices',
    description: 'Estimates prices',
    status,
    statusMessage: '',
    conditions: [],
    manifest: {
      krtVersion: 'v1',
      version: name,
      description: 'Estimates prices',
      entrypoint: { proto: 'p.proto', image: 'e' },
      config: { variables: ['PASSWORD'], files: [] },
      nodes: [],
      workflows: [],
    },
    configuration: {
      completed: true,
      missing: [],
      unconfirmed: [],
      revision: 0,
    },
    packageDigest: 'sha256:0',
    packageSize: 1,
    createdBy: 'user:default/ana',
    createdAt: '2026-01-01T00:00:00Z',
    statusSince: '2026-01-01T00:00:00Z',
    commands: {
      start: allowed,
      stop: allowed,
      publish: allowed,
      unpublish: allowed,
      configure: allowed,
      delete: allowed,
    },
  };
}

function reader(
  change: Partial<KonstellationReader> = {},
): KonstellationReader {
  return {
    listRuntimes: async () => ({ items: [runtime] }),
    // Two pages.
    listVersions: async (_runtime, query) =>
      query?.cursor
        ? { items: [version('v1', 'STARTED')] }
        : { items: [version('v2', 'PUBLISHED')], nextCursor: 'more' },
    getSchema: async () => ({ proto: 'syntax = "proto3";', rpcs: [] }),
    ...change,
  };
}

async function run(api: KonstellationReader) {
  const mutations: Entity[][] = [];
  const provider = new KonstellationEntityProvider({
    api,
    appBaseUrl: 'http://portal',
    logger: mockServices.logger.mock(),
  });
  await provider.connect({
    applyMutation: async mutation => {
      if (mutation.type === 'full') {
        mutations.push(mutation.entities.map(({ entity }) => entity));
      }
    },
    refresh: async () => undefined,
  });
  return { provider, mutations };
}

describe('KonstellationEntityProvider', () => {
  it('makes a system, components and the published API', async () => {
    const { provider, mutations } = await run(reader());
    await provider.refresh();
    provider.stop();
    const entities = mutations[0] ?? [];
    expect(
      entities.map(({ kind, metadata }) => `${kind}:${metadata.name}`),
    ).toEqual([
      'System:prices',
      'Component:prices.v2',
      'Component:prices.v1',
      'API:prices',
    ]);
    expect(entities[1]).toMatchObject({
      metadata: {
        annotations: {
          'konstellation.io/runtime': 'prices',
          'konstellation.io/version': 'v2',
        },
        links: [
          { url: 'http://portal/konstellation/runtimes/prices/versions/v2' },
        ],
      },
      spec: {
        owner: 'group:default/ml',
        system: 'prices',
        lifecycle: 'production',
        providesApis: ['prices'],
      },
    });
    expect(entities[3]?.spec).toMatchObject({
      type: 'grpc',
      definition: 'syntax = "proto3";',
    });
  });

  it('says no more than ids, owner and links', async () => {
    const { provider, mutations } = await run(reader());
    await provider.refresh();
    provider.stop();
    const text = JSON.stringify(mutations);
    expect(text).not.toContain('secret');
    expect(text).not.toContain('PASSWORD');
    expect(text).not.toContain('prices.localhost');
  });

  it('keeps what is there when the portal does not answer', async () => {
    const { provider, mutations } = await run(
      reader({ listVersions: () => Promise.reject(new Error('not ready')) }),
    );
    await expect(provider.refresh()).rejects.toThrow('not ready');
    provider.stop();
    expect(mutations).toEqual([]);
  });
});

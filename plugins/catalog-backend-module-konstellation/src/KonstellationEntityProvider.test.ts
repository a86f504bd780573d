import { mockServices } from '@backstage/backend-test-utils';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type {
  EntityProviderMutation,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import { KonstellationClient } from '@konstellation/backstage-plugin-konstellation-common';
import {
  KONSTELLATION_CATALOG_TOPIC,
  type KonstellationCatalogEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import { FakePortal } from './__testUtils__/FakePortal';
import { waitFor } from './__testUtils__/waitFor';
import { KonstellationEntityProvider } from './KonstellationEntityProvider';
import { RuntimeReader } from './RuntimeReader';

/** The catalog as its mutations leave it, and what they were. */
class FakeCatalog implements EntityProviderConnection {
  readonly mutations: EntityProviderMutation[] = [];
  readonly refs = new Set<string>();

  async applyMutation(mutation: EntityProviderMutation): Promise<void> {
    this.mutations.push(mutation);
    if (mutation.type === 'full') this.refs.clear();
    const added = mutation.type === 'full' ? mutation.entities : mutation.added;
    for (const { entity } of added) this.refs.add(stringifyEntityRef(entity));
    if (mutation.type === 'full') return;
    for (const removed of mutation.removed) {
      if ('entityRef' in removed) this.refs.delete(removed.entityRef);
    }
  }

  async refresh(): Promise<void> {}
}

const ending: Array<() => void> = [];

afterEach(() => {
  ending.splice(0).forEach(end => end());
});

async function connect() {
  const portal = new FakePortal();
  const catalog = new FakeCatalog();
  const events = mockServices.events();
  const logger = mockServices.logger.mock();
  const client = new KonstellationClient({
    discoveryApi: { getBaseUrl: async () => 'http://portal' },
    fetchApi: {
      async fetch(input) {
        const { status, body } = portal.answer(String(input));
        return Response.json(body, { status });
      },
    },
  });
  const provider = new KonstellationEntityProvider({
    reader: new RuntimeReader(client),
    baseUrl: 'http://portal',
    events,
    logger,
    taskRunner: { run: async () => {} },
    pauseMillis: 1,
  });
  await provider.connect(catalog);
  ending.push(() => provider.stop());
  const change = (runtime: string) => {
    const eventPayload: KonstellationCatalogEvent = { runtime };
    return events.publish({ topic: KONSTELLATION_CATALOG_TOPIC, eventPayload });
  };
  return { portal, catalog, provider, events, logger, change };
}

const PRICES = [
  'system:default/prices',
  'component:default/prices.v1',
  'component:default/prices.v2',
  'api:default/prices',
];

describe('KonstellationEntityProvider', () => {
  it('shows all runtimes, over all pages', async () => {
    const { portal, catalog, provider } = await connect();
    portal.runtimes.set('prices', { versions: ['v1', 'v2'], published: 'v2' });
    portal.runtimes.set('churn', { versions: [] });
    await provider.refresh();
    expect([...catalog.refs].sort()).toEqual(
      [...PRICES, 'system:default/churn'].sort(),
    );
    expect(catalog.mutations.map(({ type }) => type)).toEqual(['full']);
  });

  it('says no more than ids, owner, links and the proto', async () => {
    const { portal, catalog, provider } = await connect();
    portal.runtimes.set('prices', { versions: ['v1'], published: 'v1' });
    await provider.refresh();
    const text = JSON.stringify(catalog.mutations);
    expect(text).toContain('data-science');
    expect(text).not.toMatch(/secret|SECRET|localhost|Estimates|What houses/);
  });

  it('follows the changes of one runtime without reading the others', async () => {
    const { portal, catalog, provider, change } = await connect();
    portal.runtimes.set('prices', { versions: ['v1', 'v2'], published: 'v2' });
    portal.runtimes.set('churn', { versions: [] });
    await provider.refresh();
    portal.asked.length = 0;

    portal.runtimes.set('prices', { versions: ['v1'] });
    await Promise.all([change('prices'), change('prices'), change('prices')]);
    await waitFor(() => catalog.mutations.length === 2);
    expect([...catalog.refs].sort()).toEqual([
      'component:default/prices.v1',
      'system:default/churn',
      'system:default/prices',
    ]);
    expect(portal.asked).toEqual([
      '/runtimes/prices',
      '/runtimes/prices/versions',
    ]);
  });

  it('tells the catalog nothing where nothing it shows has changed', async () => {
    const { portal, catalog, provider, change } = await connect();
    portal.runtimes.set('prices', { versions: ['v1'] });
    portal.runtimes.set('churn', { versions: [] });
    await provider.refresh();
    portal.runtimes.set('churn', { versions: ['v1'] });
    await change('prices');
    await change('churn');
    await waitFor(() => catalog.refs.has('component:default/churn.v1'));
    expect(catalog.mutations).toHaveLength(2);
  });

  it('removes a runtime that is gone', async () => {
    const { portal, catalog, provider, change } = await connect();
    portal.runtimes.set('prices', { versions: ['v1', 'v2'], published: 'v2' });
    await provider.refresh();
    portal.runtimes.clear();
    await change('prices');
    await waitFor(() => catalog.mutations.length === 2);
    expect([...catalog.refs]).toEqual([]);
  });

  it('keeps everything when the portal does not answer, and gives up in the end', async () => {
    const { portal, catalog, provider, logger } = await connect();
    portal.runtimes.set('prices', { versions: ['v1', 'v2'], published: 'v2' });
    await provider.refresh();
    for (const path of ['/runtimes', '/runtimes/prices/versions/v2/schema']) {
      portal.broken.add(path);
    }
    const again = new AbortController();
    const refreshing = provider.refresh(again.signal);
    await waitFor(() => portal.asked.filter(p => p === '/runtimes').length > 4);
    again.abort();
    await expect(refreshing).rejects.toThrow();
    expect([...catalog.refs].sort()).toEqual([...PRICES].sort());
    expect(catalog.mutations).toHaveLength(1);
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('keeps what it has'),
      expect.any(Error),
    );
  });

  it('keeps one runtime that cannot be read, and goes on with the others', async () => {
    const { portal, catalog, provider } = await connect();
    portal.runtimes.set('prices', { versions: ['v1', 'v2'], published: 'v2' });
    portal.runtimes.set('old', { versions: [] });
    await provider.refresh();

    portal.broken.add('/runtimes/prices/versions');
    portal.runtimes.delete('old');
    portal.runtimes.set('churn', { versions: [] });
    const again = new AbortController();
    const refreshing = provider.refresh(again.signal);
    await waitFor(() => catalog.refs.has('system:default/churn'));
    await waitFor(() => !catalog.refs.has('system:default/old'));
    expect([...catalog.refs]).toEqual(expect.arrayContaining(PRICES));

    portal.broken.clear();
    await refreshing;
    expect(catalog.mutations.at(-1)?.type).toBe('full');
    expect([...catalog.refs]).toEqual(expect.arrayContaining(PRICES));
  });

  it('does not let a full read overwrite a change that came meanwhile', async () => {
    const { portal, catalog, provider, change } = await connect();
    portal.runtimes.set('prices', { versions: ['v1'] });
    await provider.refresh();
    portal.broken.add('/runtimes/prices/versions');
    const refreshing = provider.refresh();
    portal.runtimes.set('prices', { versions: ['v1', 'v2'], published: 'v2' });
    await change('prices');
    portal.broken.clear();
    await refreshing;
    await waitFor(() => catalog.refs.size === PRICES.length);
    expect([...catalog.refs].sort()).toEqual([...PRICES].sort());
  });

  it('reads nothing any more once it is stopped', async () => {
    const { portal, provider, change } = await connect();
    portal.runtimes.set('prices', { versions: ['v1'] });
    await provider.refresh();
    portal.asked.length = 0;
    await change('prices');
    provider.stop();
    await change('prices');
    await expect(provider.refresh()).rejects.toThrow('aborted');
    expect(portal.asked).toEqual([]);
  });

  it('takes no notice of events that are none of its own', async () => {
    const { portal, catalog, provider, events } = await connect();
    portal.runtimes.set('prices', { versions: ['v1'] });
    for (const eventPayload of [undefined, 'prices', { runtime: 7 }, {}]) {
      await events.publish({
        topic: KONSTELLATION_CATALOG_TOPIC,
        eventPayload,
      });
    }
    await provider.refresh();
    expect(catalog.mutations).toHaveLength(1);
  });
});

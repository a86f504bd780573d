import { mockCredentials } from '@backstage/backend-test-utils';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import { eachDatabase } from '../__testUtils__/databases';
import { ACTOR, testStores } from '../__testUtils__/stores';
import { ALL, type Visibility } from '../permissions/visibility';
import { DefaultRuntimeService } from './DefaultRuntimeService';
import type { Caller } from './types';

jest.setTimeout(60_000);

const caller: Caller = { credentials: mockCredentials.user(), actor: ACTOR };
const unused = (): never => {
  throw new Error('not part of this test');
};

/** Of a cluster nothing is asked but how callers come in, and which namespaces there are. */
function cluster(namespaces?: string[]): ClusterClient {
  return {
    namespaces,
    front: async () => ({ protocol: 'http', domain: 'localhost' }),
    apply: unused,
    delete: unused,
    get: unused,
    list: unused,
    watch: unused,
    logs: unused,
    address: unused,
    metrics: unused,
    close: unused,
  };
}

eachDatabase(({ init }) => {
  describe('namespaces of new runtimes', () => {
    let stores: Awaited<ReturnType<typeof testStores>>;

    beforeEach(async () => {
      stores = await testStores(await init());
    });

    /** The service on a cluster that has these namespaces for the portal. */
    function service(namespaces: string[] | undefined) {
      const { database, runtimes, solutions } = stores;
      return new DefaultRuntimeService({
        database,
        runtimes,
        solutions,
        get versions() {
          return unused();
        },
        clusters: () => cluster(namespaces),
        namespacePrefix: 'kre-',
        clusterNames: ['restricted'],
        wake: () => undefined,
      });
    }

    const create = (
      namespaces: string[] | undefined,
      id: string,
      namespace?: string,
      visible: Visibility = ALL,
    ) =>
      service(namespaces).create(
        { id, name: id, namespace },
        { visible: async () => visible },
        caller,
      );

    it('are given in the order of the list, or as asked for', async () => {
      const namespaces = ['team-c', 'team-a', 'team-b'];
      expect(await create(namespaces, 'one')).toMatchObject({
        namespace: 'team-c',
        namespaceBound: true,
      });
      expect(await create(namespaces, 'two', 'team-b')).toMatchObject({
        namespace: 'team-b',
      });
      expect(await create(namespaces, 'three')).toMatchObject({
        namespace: 'team-a',
        conditions: [{ type: 'NamespaceReady', status: 'Unknown' }],
      });
    });

    it('are offered as long as they are free, where there is a choice', async () => {
      const namespaces = ['team-c', 'team-a'];
      await create(namespaces, 'one', 'team-a');
      expect(await service(namespaces).listClusters()).toEqual([
        { name: 'restricted', freeNamespaces: ['team-c'] },
      ]);
      expect(await service(undefined).listClusters()).toEqual([
        { name: 'restricted' },
      ]);
    });

    it('are never given twice, however many ask at once', async () => {
      const namespaces = Array.from({ length: 8 }, (_, at) => `team-${at}`);
      const settled = await Promise.allSettled(
        Array.from({ length: 10 }, (_, at) =>
          create(namespaces, `runtime-${at}`),
        ),
      );
      const given = settled.flatMap(each =>
        each.status === 'fulfilled' ? each.value.namespace : [],
      );
      expect(given.sort()).toEqual(namespaces);
      const refused = settled.flatMap(each =>
        each.status === 'rejected' ? each.reason.code : [],
      );
      expect(refused).toEqual(['no-free-namespace', 'no-free-namespace']);
    });

    it('are refused with a code and what there is instead', async () => {
      const namespaces = ['team-a', 'team-b'];
      await create(namespaces, 'first');
      await expect(
        create(namespaces, 'second', 'team-a'),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        code: 'namespace-taken',
        message:
          'the namespace "team-a" is taken by the runtime "first"; free are: team-b; without "namespace" the first of them is taken',
      });
      await expect(
        create(namespaces, 'second', 'kube-system'),
      ).rejects.toMatchObject({
        name: 'InputError',
        code: 'namespace-unknown',
        message: expect.stringContaining('free are: team-b'),
      });
      await expect(create(undefined, 'second', 'team-b')).rejects.toMatchObject(
        {
          name: 'InputError',
          code: 'namespace-not-selectable',
        },
      );
      // Nothing of what was refused is there.
      expect((await create(namespaces, 'second')).namespace).toBe('team-b');
    });

    it('that are all taken are told with who has them, as far as the caller may know', async () => {
      const namespaces = ['team-a', 'team-b', 'team-c'];
      await create(namespaces, 'first');
      await create(namespaces, 'second');
      await create(namespaces, 'third');
      const seesFirst: Visibility = {
        is: 'query',
        query: { field: 'id', values: ['first'] },
      };
      await expect(
        create(namespaces, 'fourth', undefined, seesFirst),
      ).rejects.toMatchObject({
        name: 'ConflictError',
        code: 'no-free-namespace',
        message: expect.stringContaining(
          'all 3 are taken: team-a by "first", 2 by runtimes you may not see.',
        ),
      });
    });

    it('of their own do not need a list, and are not those of others', async () => {
      expect(await create(undefined, 'prices')).toMatchObject({
        namespace: 'kre-prices',
        namespaceBound: false,
        conditions: [],
      });
      await create(['kre-offers'], 'others');
      await expect(create(undefined, 'offers')).rejects.toMatchObject({
        code: 'namespace-taken',
      });
    });

    it('keep their quota: it is not changed through a runtime', async () => {
      await create(['team-a'], 'prices');
      const update = (quota: Record<string, string>) =>
        service(['team-a']).update(
          'prices',
          { settings: { quota, origins: ['*'] } },
          caller,
        );
      await expect(update({ pods: '5' })).rejects.toMatchObject({
        name: 'InputError',
        code: 'quota-of-namespace',
        message: expect.stringContaining(
          'kubectl -n team-a edit resourcequota',
        ),
      });
      expect((await update({})).settings.origins).toEqual(['*']);
    });
  });
});

import { eachDatabase } from '../__testUtils__/databases';
import { ACTOR, testStores } from '../__testUtils__/stores';
import type { Visibility } from '../permissions/visibility';
import { ActivityStore } from './ActivityStore';

const MINE = {
  is: 'query' as const,
  query: { field: 'owner' as const, values: ['group:default/new'] },
};

describe('ActivityStore', () => {
  eachDatabase(({ init }) => {
    it('keeps what happened in a runtime from those who have another one with its id', async () => {
      const stores = await testStores(await init());
      const { database, clock } = stores;
      const activities = new ActivityStore(database);
      const comments = async (visible: Visibility) => {
        const { items } = await activities.list({ visible });
        return items.map(({ comment }) => comment);
      };

      await stores.createRuntime('prices', { owner: 'group:default/old' });
      clock.now += 1_000;
      await database.knex.transaction(tx =>
        database.addActivity(tx, {
          actor: ACTOR,
          type: 'runtime.deleted',
          runtime: 'prices',
          comment: 'Not for everybody',
        }),
      );
      await database.knex('solutions').delete();
      await database.knex('runtimes').delete();
      clock.now += 1_000;
      await stores.createRuntime('prices', { owner: 'group:default/new' });

      expect(await comments(MINE)).toEqual(['prices']);
      expect(await comments({ is: 'all' })).toEqual([
        'prices',
        'Not for everybody',
        'prices',
      ]);
    });

    it('finds runtimes by owners as people write them', async () => {
      const stores = await testStores(await init());
      await stores.createRuntime('prices', { owner: 'group:default/ml' });
      await stores.createRuntime('offers', { owner: 'service:ci' });
      const ids = async (owner: string) => {
        const page = await stores.runtimes.list({
          owner,
          visible: { is: 'all' },
        });
        return page.items.map(({ runtime }) => runtime.id);
      };
      expect(await ids('ML')).toEqual(['prices']);
      expect(await ids('group:default/ml')).toEqual(['prices']);
      expect(await ids('service:ci')).toEqual(['offers']);
      expect(await ids('user:ml')).toEqual([]);
    });
  });
});

import { mockServices } from '@backstage/backend-test-utils';
import createKnex, { type Knex } from 'knex';
import { eachDatabase } from '../__testUtils__/databases';
import { ACTOR, testStores } from '../__testUtils__/stores';
import { tablesOf } from './__testUtils__/schemaOf';
import { Database, type NewActivity } from './Database';
import type { ActivityRow, RuntimeRow } from './rows';

jest.setTimeout(60_000);

function activity(runtime: string, comment: string): NewActivity {
  return { actor: ACTOR, type: 'runtime.updated', runtime, comment };
}

eachDatabase(({ init, isShared }) => {
  describe('Database', () => {
    let knex: Knex;
    beforeEach(async () => {
      knex = await init();
    });

    const revisionOf = async (id: string) => {
      const row = await knex<RuntimeRow>('runtimes')
        .where({ id })
        .first('revision');
      return row?.revision;
    };
    const comments = () =>
      knex<ActivityRow>('activities')
        .where({ type: 'runtime.updated' })
        .orderBy('id')
        .pluck('comment');

    /** A database with a runtime, and what listeners were told after that. */
    async function create() {
      const stores = await testStores(knex);
      await stores.createRuntime('prices');
      const told: unknown[] = [];
      stores.database.onChange(change => told.push(change));
      return { ...stores, told };
    }

    it('makes no table where that is the work of others', async () => {
      await Database.create({
        database: mockServices.database({ knex, migrations: { skip: true } }),
        policy: {
          deadlines: { start: 1, stop: 1, unavailable: 1, configuration: 1 },
          keptPublications: 10,
        },
      });
      expect(await tablesOf(knex)).toEqual([]);
    });

    it('counts a change, and tells of it once it is written', async () => {
      const { database, told } = await create();
      const before = Number(await revisionOf('prices'));
      let seen: Promise<string[]> | undefined;
      database.onChange(() => (seen = comments()));
      const result = await database.change('prices', async tx => {
        await database.addActivity(tx, activity('prices', 'New owner'));
        expect(told).toEqual([]);
        return 42;
      });
      expect(result).toBe(42);
      expect(await seen).toEqual(['New owner']);
      expect(await revisionOf('prices')).toBe(before + 1);
      expect(told).toEqual([
        { runtime: 'prices', signal: 'signal-prices', revision: before + 1 },
      ]);
    });

    it('neither counts nor tells of work that changed nothing', async () => {
      const { database, told } = await create();
      const before = await revisionOf('prices');
      await database.change('prices', async () => undefined);
      expect(await revisionOf('prices')).toBe(before);
      expect(told).toEqual([]);
    });

    it('leaves nothing of work that failed', async () => {
      const { database, told } = await create();
      const before = await revisionOf('prices');
      const failing = database.change('prices', async tx => {
        await database.addActivity(tx, activity('prices', 'Never was'));
        throw new Error('refused');
      });
      await expect(failing).rejects.toThrow('refused');
      expect(await comments()).toEqual([]);
      expect(await revisionOf('prices')).toBe(before);
      expect(told).toEqual([]);
    });

    it('tells nothing of a runtime that its change removed', async () => {
      const { database, told } = await create();
      await database.change('prices', async tx => {
        await tx('runtimes').where({ id: 'prices' }).delete();
        return true;
      });
      expect(told).toEqual([]);
    });

    it('lets what was decided hold until it is written', async () => {
      const { database } = await create();
      const other = isShared ? createKnex(knex.client.config) : undefined;
      try {
        const databases = other
          ? [database, (await testStores(other)).database]
          : [database];
        const before = Number(await revisionOf('prices'));
        const numbers = await Promise.all(
          Array.from({ length: 12 }, (_, at) =>
            databases[at % databases.length]?.change('prices', async tx => {
              const earlier = await tx('activities').where({
                type: 'runtime.updated',
              });
              await database.addActivity(
                tx,
                activity('prices', String(earlier.length)),
              );
              return earlier.length;
            }),
          ),
        );
        expect(numbers.sort((a = 0, b = 0) => a - b)).toEqual(
          Array.from({ length: 12 }, (_, at) => at),
        );
        expect(await revisionOf('prices')).toBe(before + 12);
      } finally {
        await other?.destroy();
      }
    });

    if (!isShared) return;

    it('changes other runtimes meanwhile', async () => {
      const { database, createRuntime } = await create();
      await createRuntime('forecasts');
      const result = await database.change('prices', () =>
        database.change('forecasts', async () => 'meanwhile'),
      );
      expect(result).toBe('meanwhile');
    });
  });
});

import { createMockDirectory } from '@backstage/backend-test-utils';
import createKnex, { type Knex } from 'knex';
import { eachDatabase } from '../../databases';
import { SimulatedCluster } from '../SimulatedCluster';
import { faultyDatabase } from './faultyDatabase';
import { FaultPlan, type Fault } from './FaultPlan';
import { FaultyCluster } from './FaultyCluster';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const MANAGER = { fieldManager: 'test' };

/** Whether a promise settles, looked at some turns later. */
async function settles(work: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  work.then(settle, settle);
  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
  return isSettled;
}

function planned(fault?: Fault): FaultPlan {
  const plan = new FaultPlan(fault);
  plan.record();
  return plan;
}

describe('FaultyCluster', () => {
  let cluster: SimulatedCluster;

  beforeEach(async () => {
    cluster = await SimulatedCluster.create();
    await cluster.apply(
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kre-a' } }],
      MANAGER,
    );
  });

  afterEach(() => cluster.shutDown());

  const object = (name: string) => ({
    ...CONFIG_MAP,
    metadata: { name, namespace: 'kre-a' },
  });
  const there = async () =>
    (await cluster.list(CONFIG_MAP)).map(({ metadata }) => metadata.name);

  it.each([
    { is: 'kill-before' as const, left: ['one'] },
    { is: 'kill-after' as const, left: ['one', 'two'] },
  ])('dies between objects: $is', async ({ is, left }) => {
    const plan = planned({ call: 1, is });
    const faulty = new FaultyCluster(cluster, plan);
    const applied = faulty.apply([object('one'), object('two')], MANAGER);
    expect(await settles(applied)).toBe(false);
    expect(plan.isDead).toBe(true);
    expect(plan.struck).toBe('cluster: apply ConfigMap/kre-a/two');
    expect(await there()).toEqual(left);
    // The dead do nothing more.
    const removed = faulty.delete({
      ...CONFIG_MAP,
      name: 'one',
      namespace: 'kre-a',
    });
    expect(await settles(removed)).toBe(false);
    expect(await there()).toEqual(left);
  });

  it.each([
    { is: 'conflict' as const, name: 'ConflictError', left: [] },
    { is: 'unavailable' as const, name: 'ServiceUnavailableError', left: [] },
    { is: 'lost' as const, name: 'ServiceUnavailableError', left: ['one'] },
  ])('fails: $is', async ({ is, name, left }) => {
    const faulty = new FaultyCluster(cluster, planned({ call: 0, is }));
    await expect(faulty.apply([object('one')], MANAGER)).rejects.toMatchObject({
      name,
    });
    expect(await there()).toEqual(left);
  });

  it.each([
    { is: 'stale' as const, seen: ['one'] },
    { is: 'older' as const, seen: [] },
  ])('answers a read as it was: $is', async ({ is, seen }) => {
    const plan = planned({ call: 4, is });
    const faulty = new FaultyCluster(cluster, plan);
    const list = async () =>
      (await faulty.list(CONFIG_MAP)).map(({ metadata }) => metadata.name);
    expect(await list()).toEqual([]);
    await faulty.apply([object('one')], MANAGER);
    expect(await list()).toEqual(['one']);
    await faulty.apply([object('two')], MANAGER);
    expect(await list()).toEqual(seen);
    expect(await list()).toEqual(['one', 'two']);
  });

  it.each([
    { is: 'dropped' as const, seen: ['RELISTED', 'ADDED'] },
    {
      is: 'duplicated' as const,
      seen: ['RELISTED', 'ADDED', 'ADDED', 'ADDED'],
    },
    { is: 'gone' as const, seen: ['RELISTED', 'RELISTED', 'ADDED'] },
  ])('has an event $is', async ({ is, seen }) => {
    const events: string[] = [];
    const faulty = new FaultyCluster(cluster, planned({ event: 1, is }));
    faulty.watch([CONFIG_MAP], {}, ({ type }) => void events.push(type));
    await cluster.apply([object('one'), object('two')], MANAGER);
    await cluster.idle();
    // Handlers are called one after another.
    await there();
    expect(events).toEqual(seen);
  });
});

describe('faultyDatabase', () => {
  eachDatabase(({ isShared, init }) => {
    const folder = createMockDirectory();
    let admin: Knex;

    const sqlite = () =>
      createKnex({
        client: 'better-sqlite3',
        connection: { filename: folder.resolve('things.sqlite') },
        useNullAsDefault: true,
        log: { warn: () => undefined },
      });
    const open = () =>
      isShared
        ? createKnex({
            ...admin.client.config,
            log: { warn: () => undefined },
          })
        : sqlite();

    beforeAll(async () => {
      admin = isShared ? await init() : sqlite();
      await admin.schema.createTable('things', table => {
        table.integer('id').primary();
      });
    });

    beforeEach(async () => {
      await admin('things').delete();
    });

    afterAll(() => admin.destroy());

    /** Two rows in one transaction. */
    const insertTwo = (database: Knex) =>
      database.transaction(async tx => {
        await tx('things').insert({ id: 1 });
        await tx('things').insert({ id: 2 });
      });

    it('sees every statement, and which of them bring something further', async () => {
      const database = open();
      const plan = planned();
      const close = faultyDatabase(database, plan);
      await insertTwo(database);
      await database('things').where({ id: 7 }).delete();
      await database('things').where({ id: 1 }).delete();
      await database('things');
      expect(
        plan.calls.map(({ label, isWrite, step }) => [
          label.split(' ')[0],
          isWrite,
          step,
        ]),
      ).toEqual([
        ['BEGIN;', false, 0],
        ['insert', true, 0],
        ['insert', true, 1],
        ['COMMIT;', true, 2],
        ['delete', true, 3],
        ['delete', true, 3],
        ['select', false, 4],
      ]);
      await close();
    });

    it.each([0, 1, 2, 3])(
      'undoes what was not committed when it dies, at statement %i',
      async call => {
        for (const is of ['kill-before', 'kill-after'] as const) {
          const database = open();
          const plan = planned({ call, is });
          const close = faultyDatabase(database, plan);
          const killed = new Promise<void>(resolve => plan.onKill(resolve));
          const working = insertTwo(database);
          await killed;
          expect(await settles(working)).toBe(false);
          expect(await settles(plan.alive(async () => undefined))).toBe(false);
          await close();
          const isCommitted = call === 3 && is === 'kill-after';
          expect(await admin('things')).toHaveLength(isCommitted ? 2 : 0);
          await admin('things').delete();
        }
      },
    );

    it.each([
      { call: 2, is: 'unavailable' as const, left: 0 },
      { call: 2, is: 'lost' as const, left: 0 },
      { call: 3, is: 'unavailable' as const, left: 0 },
      { call: 3, is: 'lost' as const, left: 2 },
    ])(
      'breaks the connection, and goes on with another: $is $call',
      async ({ call, is, left }) => {
        const database = open();
        const close = faultyDatabase(database, planned({ call, is }));
        await expect(insertTwo(database)).rejects.toThrow();
        expect(await database('things')).toHaveLength(left);
        await database('things').delete();
        await insertTwo(database);
        expect(await database('things')).toHaveLength(2);
        await close();
      },
    );
  });
});

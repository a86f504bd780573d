import { resolvePackagePath } from '@backstage/backend-plugin-api';
import createKnex, { type Knex } from 'knex';
import { eachDatabase } from '../__testUtils__/databases';
import { testStores } from '../__testUtils__/stores';
import { until } from '../__testUtils__/until';
import { MIGRATION_ROWS } from './__testUtils__/migrationRows';
import { schemaOf, tablesOf, type Schema } from './__testUtils__/schemaOf';
import { migrate } from './migrate';

const directory = resolvePackagePath(
  '@konstellation/backstage-plugin-konstellation-backend',
  'migrations',
);

jest.setTimeout(60_000);

type Row = Record<string, unknown>;
type Rows = Record<string, Row[]>;

async function rowsOf(knex: Knex): Promise<Rows> {
  const rows: Rows = {};
  for (const table of await tablesOf(knex)) {
    rows[table] = await knex(table).select<Row[]>('*');
  }
  return rows;
}

/** What a schema can hold of rows, in an order of its own. */
function within(schema: Schema, rows: Rows): Rows {
  return Object.fromEntries(
    Object.entries(schema).map(([table, { columns }]) => [
      table,
      (rows[table] ?? [])
        .map(row =>
          Object.fromEntries(
            Object.keys(columns).map(column => [column, row[column]]),
          ),
        )
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ]),
  );
}

async function insert(knex: Knex, migration: string): Promise<void> {
  for (const [table, rows] of MIGRATION_ROWS[migration] ?? []) {
    // One by one: in a batch, columns a row does not name would be null.
    for (const row of rows) await knex(table).insert(row);
  }
}

/** Goes up one migration and fills what it made. */
async function upWithRows(knex: Knex): Promise<string | undefined> {
  const [, [file]]: [number, string[]] = await knex.migrate.up({ directory });
  const name = file?.split('/').pop();
  if (name) await insert(knex, name);
  return name;
}

eachDatabase(({ init, isShared }) => {
  describe('migrations', () => {
    let knex: Knex;
    beforeEach(async () => {
      knex = await init();
    });

    it('go up from nothing, and once more without a change', async () => {
      await knex.migrate.latest({ directory });
      const schema = await schemaOf(knex);
      expect(Object.keys(schema)).toContain('runtimes');
      const [, ran] = await knex.migrate.latest({ directory });
      expect(ran).toEqual([]);
      expect(await schemaOf(knex)).toEqual(schema);
    });

    it('go down and up again one by one, and lose nothing of what was there before', async () => {
      const schemas: Schema[] = [{}];
      const names: string[] = [];
      for (
        let name = await upWithRows(knex);
        name;
        name = await upWithRows(knex)
      ) {
        names.push(name);
        schemas.push(await schemaOf(knex));
      }
      expect(names).toEqual(Object.keys(MIGRATION_ROWS));

      for (let step = names.length; step > 0; step--) {
        const before = schemas[step - 1] ?? {};
        const kept = within(before, await rowsOf(knex));
        await knex.migrate.down({ directory });
        expect(await schemaOf(knex)).toEqual(before);
        expect(within(before, await rowsOf(knex))).toEqual(kept);

        await knex.migrate.up({ directory });
        expect(await schemaOf(knex)).toEqual(schemas[step]);
        expect(within(before, await rowsOf(knex))).toEqual(kept);
        await knex.migrate.down({ directory });
      }
      expect(await tablesOf(knex)).toEqual([]);
    });

    it('leave what was written before the lifecycle right', async () => {
      await upWithRows(knex);
      await upWithRows(knex);
      const before = within(await schemaOf(knex), await rowsOf(knex));
      const old = await schemaOf(knex);
      await knex.migrate.latest({ directory });
      expect(within(old, await rowsOf(knex))).toEqual(before);

      expect(await knex('runtime_labels').orderBy('label').select('*')).toEqual(
        [
          { runtime: 'prices', label: 'cost.centre', value: '42 / "north"' },
          { runtime: 'prices', label: 'team', value: 'pricing' },
        ],
      );
      const { configurations } = await testStores(knex);
      expect(await configurations.values('price-v1', 1)).toEqual({
        CURRENCY: { value: 'CAD' },
        RATE: { value: '0.7', inheritedFrom: 'price-v0', unconfirmed: true },
      });
    });

    if (!isShared) return;

    it('say what every table and column is for', async () => {
      await knex.migrate.latest({ directory });
      const tables = await tablesOf(knex);
      const { rows } = await knex.raw(
        `select c.relname || coalesce('.' || a.attname, '') as place
         from pg_class c
         left join lateral (
           select attname, attnum from pg_attribute
           where attrelid = c.oid and attnum > 0 and not attisdropped
           union all select null, 0
         ) a on true
         left join pg_description d
           on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
         where c.relkind = 'r' and c.relname = any(?) and d.description is null
         order by 1`,
        [tables],
      );
      expect(rows).toEqual([]);
    });

    it('are done once when several processes start at the same time', async () => {
      const others = Array.from({ length: 3 }, () =>
        createKnex(knex.client.config),
      );
      try {
        await Promise.all([knex, ...others].map(process => migrate(process)));
        const done = await knex('knex_migrations').orderBy('id').pluck('name');
        expect(done).toEqual(Object.keys(MIGRATION_ROWS));
        expect(await knex('knex_migrations_lock').pluck('is_locked')).toEqual([
          0,
        ]);
      } finally {
        await Promise.all(others.map(other => other.destroy()));
      }
    });

    it('leave nothing half done when a process dies in the middle', async () => {
      await knex.migrate.up({ directory });
      await knex.migrate.up({ directory });
      const before = await schemaOf(knex);
      const other = createKnex(knex.client.config);
      // A table that is changed late is in use: there it waits.
      const reader = await other.transaction();
      try {
        await reader('idempotency_keys').select('key');
        const migrating = migrate(knex);
        const waiting = await until(async () => {
          const { rows } = await other.raw(
            `select pid from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'`,
          );
          return rows[0]?.pid;
        });
        await Promise.all([
          expect(migrating).rejects.toThrow(),
          other.raw('select pg_terminate_backend(?)', [waiting]),
        ]);
        await reader.rollback();
        expect(await schemaOf(knex)).toEqual(before);
        await migrate(knex);
        expect(await knex('knex_migrations').pluck('name')).toEqual(
          Object.keys(MIGRATION_ROWS),
        );
      } finally {
        if (!reader.isCompleted()) await reader.rollback();
        await other.destroy();
      }
    });
  });
});

import { resolvePackagePath } from '@backstage/backend-plugin-api';
import createKnex, { type Knex } from 'knex';

/** A database that is again what it was for each run. */
export interface StageDatabase {
  /** A connection as a process has it; closing it leaves what was not committed undone. */
  open(): Knex;
  /** False while somebody has begun to write and has not committed. */
  isWhole(): boolean;
  /** Keeps what is in it. */
  keep(name: string): Promise<void>;
  /** Holds what was kept, or nothing. */
  restore(name?: string): Promise<void>;
}

const migrations = () => ({
  directory: resolvePackagePath(
    '@konstellation/backstage-plugin-konstellation-backend',
    'migrations',
  ),
});

/** A connection of better-sqlite3, which brings no types. */
interface SqliteConnection {
  prepare(sql: string): unknown;
  inTransaction: boolean;
  exec(sql: string): unknown;
}

/** SQLite in memory: one connection that outlives those who think they have one of their own. */
export async function sqliteStage(): Promise<StageDatabase> {
  const first = createKnex({
    client: 'better-sqlite3',
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
  });
  await first.migrate.latest(migrations());
  const connection: SqliteConnection = await first.client.acquireConnection();
  const prepare = connection.prepare.bind(connection);
  const prepared = new Map<string, unknown>();
  connection.prepare = sql => {
    const known = prepared.get(sql) ?? prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  await first.client.releaseConnection(connection);
  const tables: string[] = await first('sqlite_master')
    .where({ type: 'table' })
    .whereNot('name', 'like', 'knex_%')
    .whereNot('name', 'like', 'sqlite_%')
    .pluck('name');
  const each = (statement: (table: string) => string) =>
    connection.exec(tables.map(statement).join(';'));
  const rollBack = () => {
    if (connection.inTransaction) connection.exec('rollback');
  };
  return {
    open() {
      const database = createKnex({
        client: 'better-sqlite3',
        connection: { filename: ':memory:' },
        useNullAsDefault: true,
      });
      const { client } = database;
      client.acquireRawConnection = async () => connection;
      client.destroyRawConnection = async () => rollBack();
      return database;
    },
    isWhole: () => !connection.inTransaction,
    async keep(name) {
      connection.exec(`attach ':memory:' as "${name}"`);
      each(
        table =>
          `create table "${name}"."${table}" as select * from main."${table}"`,
      );
    },
    async restore(name) {
      rollBack();
      each(table => `delete from main."${table}"`);
      if (name === undefined) return;
      each(
        table =>
          `insert into main."${table}" select * from "${name}"."${table}"`,
      );
    },
  };
}

/** PostgreSQL. @param first - an empty database */
export async function postgresStage(first: Knex): Promise<StageDatabase> {
  await first.migrate.latest(migrations());
  const tables: string[] = await first('information_schema.tables')
    .where({ table_schema: 'public', table_type: 'BASE TABLE' })
    .whereNot('table_name', 'like', 'knex_%')
    .pluck('table_name');
  const { client, connection } = first.client.config;
  return {
    open: () => createKnex({ client, connection, pool: { min: 0, max: 4 } }),
    isWhole: () => true,
    async keep(name) {
      await first.raw(`create schema "${name}"`);
      for (const table of tables) {
        await first.raw(
          `create table "${name}"."${table}" as table public."${table}"`,
        );
      }
    },
    async restore(name) {
      const list = tables.map(table => `public."${table}"`).join(', ');
      await first.transaction(async tx => {
        await tx.raw(`truncate ${list}`);
        if (name === undefined) return;
        // Rows come in any order.
        await tx.raw('set local session_replication_role = replica');
        for (const table of tables) {
          await tx.raw(
            `insert into public."${table}" select * from "${name}"."${table}"`,
          );
        }
      });
    },
  };
}

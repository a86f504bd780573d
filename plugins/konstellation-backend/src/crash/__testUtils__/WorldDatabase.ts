import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import createKnex, { type Knex } from 'knex';

/** A database that one process after another opens, and that can be again what it was. */
export interface WorldDatabase {
  /** Connections of one process. */
  open(): Knex;
  /** Keeps what is there. @returns brings it back; nobody else may be connected then */
  save(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** That a connection broke is no news here. */
const QUIET = { warn: () => undefined };

/** SQLite in a file. */
export class SqliteFile implements WorldDatabase {
  readonly #file: string;
  #saved = 0;

  constructor(private readonly folder: string) {
    this.#file = join(folder, 'konstellation.sqlite');
  }

  open(): Knex {
    return createKnex({
      client: 'better-sqlite3',
      connection: { filename: this.#file },
      useNullAsDefault: true,
      log: QUIET,
      pool: {
        afterCreate(
          connection: { pragma(text: string): unknown },
          done: (error: Error | undefined, connection: unknown) => void,
        ) {
          // Processes die here, machines do not.
          connection.pragma('synchronous = OFF');
          done(undefined, connection);
        },
      },
    });
  }

  async save(): Promise<() => Promise<void>> {
    this.#saved++;
    const saved = join(this.folder, `saved-${this.#saved}.sqlite`);
    await copyFile(this.#file, saved);
    return () => copyFile(saved, this.#file);
  }

  async close(): Promise<void> {
    // The folder is the test's.
  }
}

/** PostgreSQL, where other processes may be connected as well. */
export class PostgresDatabase implements WorldDatabase {
  /** @param admin - of a database of its own */
  constructor(private readonly admin: Knex) {}

  open(): Knex {
    const { connection, searchPath } = this.admin.client.config;
    return createKnex({
      client: 'pg',
      connection,
      searchPath,
      log: QUIET,
      pool: { min: 0, max: 5 },
    });
  }

  async save(): Promise<() => Promise<void>> {
    const { admin } = this;
    const { rows } = await admin.raw<{ rows: Array<{ name: string }> }>(
      `select relname as name from pg_class
       where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname not like 'knex%'
       order by oid`,
    );
    // As they were made: none refers to a later one.
    const tables = rows.map(({ name }) => name);
    const contents: Array<[string, object[]]> = [];
    for (const table of tables) {
      contents.push([table, await admin(table)]);
    }
    return () =>
      admin.transaction(async tx => {
        await tx.raw(`truncate ${tables.map(name => `"${name}"`).join()}`);
        for (const [table, lines] of contents) {
          if (lines.length > 0) await tx(table).insert(lines);
        }
      });
  }

  close(): Promise<void> {
    return this.admin.destroy();
  }
}

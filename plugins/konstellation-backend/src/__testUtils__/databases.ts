import {
  TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

/** A kind of database to run a test on. */
export interface TestDatabase {
  id: TestDatabaseId;
  /** True where several processes may share it. */
  isShared: boolean;
  /** A new, empty database; it is gone after the tests of the file. */
  init(): Promise<Knex>;
}

/**
 * Runs tests on every kind of database the product supports: on SQLite always, and on PostgreSQL 15 where an environment variable
 * names one, as `npm test` and `node tools/postgres.mjs COMMAND` see to. The name of the database becomes part of the names of
 * the tests, from which `npm test` counts what ran where.
 */
export function eachDatabase(tests: (database: TestDatabase) => void): void {
  const databases = TestDatabases.create({
    ids: ['SQLITE_3', 'POSTGRES_15'],
    disableDocker: true,
  });
  for (const [id] of databases.eachSupportedId()) {
    describe(`on ${id}`, () => {
      tests({
        id,
        isShared: id !== 'SQLITE_3',
        init: () => databases.init(id),
      });
    });
  }
}

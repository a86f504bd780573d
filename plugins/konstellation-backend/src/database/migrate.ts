import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Key of an advisory lock of PostgreSQL; any number that nothing else in the database takes. */
const LOCK = 5_667_835_541;

/**
 * Brings the tables up to date. Processes that start on one PostgreSQL at the same time do it one after another: knex's own lock
 * is a row of a table that has to be made first, which only one of them can. A process that is killed leaves nothing half done.
 */
export async function migrate(knex: Knex): Promise<void> {
  const migrations = {
    directory: resolvePackagePath(
      '@konstellation/backstage-plugin-konstellation-backend',
      'migrations',
    ),
  };
  if (knex.client.config.client !== 'pg') {
    await knex.migrate.latest(migrations);
    return;
  }
  await knex.transaction(async tx => {
    await tx.raw('select pg_advisory_xact_lock(?)', [LOCK]);
    await tx.migrate.latest(migrations);
  });
}

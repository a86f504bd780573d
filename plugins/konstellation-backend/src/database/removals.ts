import type { Knex } from 'knex';
import type { Database } from './Database';
import type { RuntimeRow, SolutionRow, VersionRow } from './rows';

/** Rows that go once the cluster holds nothing of them. SQLite cascades only where foreign keys are on, so all is named. */

async function removeVersions(
  tx: Knex.Transaction,
  which: Partial<Pick<VersionRow, 'uid' | 'runtime' | 'solution'>>,
): Promise<number> {
  const uids = tx<VersionRow>('versions').where(which).select('uid');
  await tx('configuration_revisions').whereIn('version_uid', uids).delete();
  await tx('log_archives').whereIn('version_uid', uids).delete();
  return tx('versions').where(which).delete();
}

/** Removes a version that is marked to be deleted. */
export async function removeVersion(
  database: Database,
  uid: string,
): Promise<void> {
  const row = await database
    .knex<VersionRow>('versions')
    .where({ uid, deleting: true })
    .first('runtime', 'solution');
  if (!row) return;
  await database.change(row.runtime, async tx => {
    const removed = await removeVersions(tx, { uid });
    if (removed === 0) return undefined;
    // A solution that is being deleted waits for it.
    await tx<SolutionRow>('solutions')
      .where({ runtime: row.runtime, id: row.solution, deleting: true })
      .update({ next_at: database.now().getTime() });
    return true;
  });
}

/** Removes a solution that is marked to be deleted and holds no version any more. @returns whether it is gone */
export async function removeSolution(
  database: Database,
  runtime: string,
  id: string,
): Promise<boolean> {
  const done = await database.change(runtime, async tx => {
    const version = await tx<VersionRow>('versions')
      .where({ runtime, solution: id })
      .first('uid');
    if (version) return undefined;
    const removed = await tx<SolutionRow>('solutions')
      .where({ runtime, id, deleting: true })
      .delete();
    if (removed === 0) return undefined;
    await tx('publications').where({ runtime, solution: id }).delete();
    return true;
  });
  return done === true;
}

/** Removes a runtime that is marked to be deleted with all that belongs to it; the activity log stays. */
export async function removeRuntime(
  database: Database,
  id: string,
): Promise<void> {
  const row = await database
    .knex<RuntimeRow>('runtimes')
    .where({ id, deleting: true })
    .first('signal', 'revision');
  if (!row) return;
  await database.knex.transaction(async tx => {
    await removeVersions(tx, { runtime: id });
    for (const table of ['publications', 'solutions', 'runtime_labels']) {
      await tx(table).where({ runtime: id }).delete();
    }
    await tx('uploads').where({ runtime: id }).delete();
    await tx('runtimes').where({ id, deleting: true }).delete();
  });
  database.announce(id, row.signal, row.revision + 1);
}

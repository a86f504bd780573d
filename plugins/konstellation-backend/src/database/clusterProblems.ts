import type { Knex } from 'knex';
import type { ClusterProblem } from '../domain/types';
import type { Database } from './Database';
import type { VersionRow } from './rows';
import { settleStatus } from './settleStatus';
import { whereCurrent } from './whereCurrent';
import type { ReleaseRef } from './types';

/**
 * Writes why rounds fail, and the status derived from it: deadlines pass while a cluster is away, too. Nothing when a command
 * came meanwhile.
 */
export async function recordClusterProblem(
  database: Database,
  ref: ReleaseRef,
  problem: ClusterProblem,
): Promise<void> {
  const known = await whereCurrent(database.knex, ref).first();
  if (!known) return;
  const text = JSON.stringify(problem);
  const write = async (tx: Knex.Transaction) => {
    const row = await whereCurrent(tx, ref).first();
    if (!row) return undefined;
    await tx<VersionRow>('versions')
      .where({ uid: ref.uid })
      .update({ cluster_problem: text });
    return settleStatus(tx, database, row, {
      ready: false,
      problem: problem.message,
    });
  };
  if (known.cluster_problem === text) {
    // Nobody has to be told unless the status moved with time.
    const status = await database.knex.transaction(write);
    if (!status || status.from === status.to) return;
  }
  await database.change(known.runtime, write);
}

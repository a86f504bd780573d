import type { Knex } from 'knex';
import type { SwitchRef } from './types';
import { SYSTEM, type Database } from './Database';
import type { PublicationRow, SolutionRow, VersionRow } from './rows';
import { refreshStatus } from './statuses';

/** The former publication ends. @param retireAt - when its release may go, where a newer one of the version runs */
async function close(
  tx: Knex.Transaction,
  database: Database,
  solution: SolutionRow,
  retireAt: Date,
): Promise<void> {
  const row = await tx<PublicationRow>('publications')
    .where({ id: solution.publication ?? '' })
    .first();
  if (!row) return;
  const now = database.now();
  await tx<PublicationRow>('publications')
    .where({ id: row.id })
    .update({ ended_at: now.getTime() });
  await tx<VersionRow>('versions')
    .where({
      uid: row.version_uid,
      retiring_revision: row.configuration_revision,
    })
    .update({ retire_at: retireAt.getTime(), next_at: now.getTime() });
  const status = await refreshStatus(tx, row.version_uid, database.policy, now);
  await database.addActivity(tx, {
    actor: SYSTEM,
    type: 'version.unpublished',
    runtime: row.runtime,
    solution: row.solution,
    version: row.version,
    from: 'PUBLISHED',
    to: status?.to,
    comment: solution.wanted_publication
      ? 'Callers were moved to another publication'
      : 'Callers are refused',
  });
}

async function open(
  tx: Knex.Transaction,
  database: Database,
  publication: string,
  switchMillis: number,
): Promise<void> {
  const now = database.now();
  await tx<PublicationRow>('publications')
    .where({ id: publication })
    .update({
      published_at: now.getTime(),
      switch_millis: Math.round(switchMillis),
    });
  const row = await tx<PublicationRow>('publications')
    .where({ id: publication })
    .first();
  if (!row) return;
  const status = await refreshStatus(tx, row.version_uid, database.policy, now);
  await database.addActivity(tx, {
    actor: SYSTEM,
    type: 'version.published',
    runtime: row.runtime,
    solution: row.solution,
    version: row.version,
    from: status?.from,
    to: 'PUBLISHED',
    comment: 'A call to the public address was answered by it',
  });
}

/** The one transaction that ends a switch. @returns false when a command came meanwhile, or it had ended */
export async function completeSwitch(
  database: Database,
  ref: SwitchRef & { switchMillis: number; retireAt: Date },
): Promise<boolean> {
  const { runtime, solution: id, generation, switchMillis, retireAt } = ref;
  const done = await database.change(runtime, async tx => {
    const solution = await tx<SolutionRow>('solutions')
      .where({ runtime, id, generation })
      .first();
    if (!solution || solution.publication === solution.wanted_publication) {
      return undefined;
    }
    await tx<SolutionRow>('solutions').where({ runtime, id }).update({
      publication: solution.wanted_publication,
      switch_problem: null,
    });
    await close(tx, database, solution, retireAt);
    if (solution.wanted_publication) {
      await open(tx, database, solution.wanted_publication, switchMillis);
    }
    return true;
  });
  return done === true;
}

/** Why callers do not reach what is wanted yet. */
export async function recordSwitchProblem(
  database: Database,
  ref: SwitchRef & { problem: string },
): Promise<void> {
  const { runtime, solution: id, generation, problem } = ref;
  const known = await database
    .knex<SolutionRow>('solutions')
    .where({ runtime, id, generation })
    .first('switch_problem');
  if (!known || known.switch_problem === problem) return;
  await database.change(runtime, async tx => {
    const changed = await tx<SolutionRow>('solutions')
      .where({ runtime, id, generation })
      .update({ switch_problem: problem });
    return changed > 0 ? true : undefined;
  });
}

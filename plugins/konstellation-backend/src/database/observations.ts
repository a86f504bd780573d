import type { Knex } from 'knex';
import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import type { ObservedState } from '../domain/types';
import { SYSTEM, type Database } from './Database';
import { publishRelease } from './releases';
import { toVersion, type VersionRow } from './rows';
import { settleStatus } from './settleStatus';
import { refreshStatus } from './statuses';
import { whereCurrent } from './whereCurrent';

/** What was seen of a version, and what it was seen for. */
export interface Observation {
  uid: string;
  generation: number;
  /** Revision of the release that was looked at; undefined for a version that is to be stopped. */
  releaseRevision: number | undefined;
  observed: ObservedState;
}

/** Equal but for the time it was looked at. */
function isSameObservation(stored: string | null, now: ObservedState): boolean {
  if (stored === null) return false;
  const before: ObservedState = JSON.parse(stored);
  return (
    JSON.stringify({ ...before, at: '' }) === JSON.stringify({ ...now, at: '' })
  );
}

/**
 * Writes what was observed and the status derived from it, with an activity when that changed.
 * @returns the status now, or undefined when a command came meanwhile
 */
export async function recordObserved(
  database: Database,
  observation: Observation,
): Promise<VersionStatus | undefined> {
  const { uid, observed } = observation;
  const before = await whereCurrent(database.knex, observation).first();
  if (!before) return undefined;
  const now = database.now();
  const write = async (tx: Knex.Transaction) => {
    const row = await whereCurrent(tx, observation).first();
    if (!row) return undefined;
    const wasAvailable =
      row.unavailable_since !== null ||
      row.status === 'STARTED' ||
      row.status === 'PUBLISHED';
    const unavailable =
      row.desired === 'started' && !observed.ready && wasAvailable;
    await tx<VersionRow>('versions')
      .where({ uid })
      .update({
        observed: JSON.stringify(observed),
        unavailable_since: unavailable
          ? row.unavailable_since ?? now.getTime()
          : null,
        cluster_problem: null,
      });
    return settleStatus(tx, database, row, {
      ready: observed.ready,
      problem: observed.problem?.message,
    });
  };
  const isNothingNew =
    isSameObservation(before.observed, observed) &&
    before.publish_when_ready === null &&
    before.cluster_problem === null &&
    before.unavailable_since === null;
  if (isNothingNew) {
    // Looked at again by the clock: nobody has to be told unless the status moved with time.
    const status = await database.knex.transaction(write);
    if (status && status.from === status.to) return status.to;
  }
  const status = await database.change(before.runtime, write);
  return status?.to;
}

/**
 * The release that was made ready beside takes over: the one before retires, and where the version is published, or that was
 * asked, the new one becomes a publication. All or nothing, in one transaction.
 * @param change.observed - of the release that takes over
 * @param change.retireAt - when the release before may go, if callers have left it
 * @returns false when something changed meanwhile
 */
export async function promoteNext(
  database: Database,
  change: Observation & { revision: number; retireAt: Date },
): Promise<boolean> {
  const { uid, revision, observed, retireAt } = change;
  const place = await whereCurrent(database.knex, change).first('runtime');
  if (!place) return false;
  const now = database.now();
  const done = await database.change(place.runtime, async tx => {
    const row = await whereCurrent(tx, change)
      .where({ next_revision: revision })
      .first();
    const version = row && toVersion(row);
    if (!row || !version?.next) return undefined;
    const { command } = version.next;
    await tx<VersionRow>('versions')
      .where({ uid })
      .update({
        release_revision: revision,
        retiring_revision: row.release_revision,
        retire_at: retireAt.getTime(),
        next_revision: null,
        next_since: null,
        next_command: null,
        next_problem: null,
        observed: JSON.stringify(observed),
        unavailable_since: null,
        cluster_problem: null,
        next_at: now.getTime(),
      });
    const status = await refreshStatus(tx, uid, database.policy, now);
    await database.addActivity(tx, {
      actor: SYSTEM,
      type: 'version.configuration-applied',
      runtime: row.runtime,
      solution: row.solution,
      version: row.name,
      from: status?.from,
      to: status?.to,
      comment: `Configuration revision ${revision} runs in place of revision ${row.release_revision}`,
    });
    if (command.publish || (await isWanted(tx, row))) {
      await publishRelease(tx, database, version, {
        revision,
        actor: command.actor,
        comment: command.comment,
      });
    }
    return true;
  });
  return done === true;
}

/** Whether the publication that is wanted of its solution is of this version. */
async function isWanted(tx: Knex, row: VersionRow): Promise<boolean> {
  const wanted = await tx('solutions')
    .join('publications', 'publications.id', 'solutions.wanted_publication')
    .where({
      'solutions.runtime': row.runtime,
      'solutions.id': row.solution,
      'publications.version_uid': row.uid,
    })
    .first('publications.id');
  return wanted !== undefined;
}

/** A release that did not get ready beside the running one goes; what runs stays, and is what the next start runs. */
export async function dropNext(
  database: Database,
  change: Omit<Observation, 'observed'> & { revision: number; problem: string },
): Promise<boolean> {
  const { uid, revision, problem } = change;
  const place = await whereCurrent(database.knex, change).first('runtime');
  if (!place) return false;
  const done = await database.change(place.runtime, async tx => {
    const row = await whereCurrent(tx, change)
      .where({ next_revision: revision })
      .first();
    if (!row || row.release_revision === null) return undefined;
    await tx<VersionRow>('versions').where({ uid }).update({
      configuration_revision: row.release_revision,
      next_revision: null,
      next_since: null,
      next_command: null,
      next_problem: problem,
      next_at: database.now().getTime(),
    });
    await database.addActivity(tx, {
      actor: SYSTEM,
      type: 'version.configuration-dropped',
      runtime: row.runtime,
      solution: row.solution,
      version: row.name,
      from: row.status,
      to: row.status,
      comment: problem.slice(0, 1_000),
    });
    return true;
  });
  return done === true;
}

/** The release before is not needed any more. */
export async function endRetiring(
  database: Database,
  uid: string,
  revision: number,
): Promise<void> {
  await database
    .knex<VersionRow>('versions')
    .where({ uid, retiring_revision: revision })
    .update({ retiring_revision: null, retire_at: null });
}

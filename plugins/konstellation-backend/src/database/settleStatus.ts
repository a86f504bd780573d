import type { Knex } from 'knex';
import type {
  ActivityType,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { PendingCommand } from '../domain/types';
import { SYSTEM, type Database } from './Database';
import { dropWaitingPublications, publishRelease } from './releases';
import { toVersion, type VersionRow } from './rows';
import { refreshStatus } from './statuses';

/** What became of a version in a round. */
export interface Outcome {
  /** Every node of the wanted release is ready. */
  ready: boolean;
  /** Why not, in a sentence. */
  problem?: string;
}

/** What the activity log says of a change of status that nobody commanded. */
function activityOf(
  from: VersionStatus,
  to: VersionStatus,
  { problem }: Outcome,
): { type: ActivityType; comment: string } | undefined {
  if (to === 'STARTED' && from === 'STARTING') {
    return { type: 'version.started', comment: 'Every node is ready' };
  }
  if (to === 'STARTED' && from === 'ERROR') {
    return { type: 'version.recovered', comment: 'Every node is ready again' };
  }
  if (to === 'STOPPED') {
    return { type: 'version.stopped', comment: 'Everything it ran is gone' };
  }
  if (to === 'ERROR') {
    return {
      type: 'version.failed',
      comment: (problem ?? 'It did not get ready in time').slice(0, 1_000),
    };
  }
  return undefined;
}

/** A version that got ready is published where that was asked; one that failed waits no more. */
async function settlePublishWhenReady(
  tx: Knex.Transaction,
  database: Database,
  row: VersionRow,
  { ready }: Outcome,
  status: VersionStatus,
): Promise<void> {
  if (row.publish_when_ready === null) return;
  const version = toVersion(row);
  if (ready && row.release_revision !== null) {
    const command: PendingCommand = JSON.parse(row.publish_when_ready);
    await tx<VersionRow>('versions')
      .where({ uid: row.uid })
      .update({ publish_when_ready: null });
    await publishRelease(tx, database, version, {
      revision: row.release_revision,
      actor: command.actor,
      comment: command.comment,
    });
  } else if (status === 'ERROR') {
    await dropWaitingPublications(
      tx,
      database,
      { uid: version.uid },
      { comment: 'It did not get ready, so it is not published' },
    );
  }
}

/**
 * Derives the status anew after a round was written down, says so in the activity log where it changed, and lets follow what
 * waited for it.
 *
 * @param row - as it was before
 */
export async function settleStatus(
  tx: Knex.Transaction,
  database: Database,
  row: VersionRow,
  outcome: Outcome,
): Promise<{ from: VersionStatus; to: VersionStatus } | undefined> {
  const status = await refreshStatus(
    tx,
    row.uid,
    database.policy,
    database.now(),
  );
  if (!status) return undefined;
  const activity =
    status.from === status.to
      ? undefined
      : activityOf(status.from, status.to, outcome);
  if (activity) {
    await database.addActivity(tx, {
      actor: SYSTEM,
      ...activity,
      runtime: row.runtime,
      solution: row.solution,
      version: row.name,
      from: status.from,
      to: status.to,
    });
  }
  await settlePublishWhenReady(tx, database, row, outcome, status.to);
  return status;
}

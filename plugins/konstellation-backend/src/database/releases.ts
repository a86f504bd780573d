import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import type { VersionCommand } from '@konstellation/backstage-plugin-konstellation-common';
import type { PendingCommand, VersionRecord } from '../domain/types';
import { refusalOf, type LifecycleFacts } from '../domain/versionLifecycle';
import { SYSTEM, type Database } from './Database';
import type { PublicationRow, SolutionRow, VersionRow } from './rows';
import { withFacts, type VersionWithFacts } from './statuses';

/** Steps of commands, each inside of the transaction of one. */

/**
 * Facts a refusal is decided on. A version about to be published is not to be stopped, nor is one that callers still reach.
 */
export function lifecycleFacts({
  version,
  facts,
}: VersionWithFacts): LifecycleFacts {
  return {
    status: facts.published ? 'PUBLISHED' : version.status,
    published: facts.wanted || facts.published,
    leaving: facts.published && !facts.wanted,
    incomplete: [...facts.missing, ...facts.unconfirmed],
    deleting: version.deleting || facts.placeDeleting,
    available:
      version.observed?.generation === version.generation &&
      version.observed.ready,
    applying: version.next !== undefined,
    neededFor: facts.neededFor,
    format: version.manifest.krtVersion,
  };
}

/** Somebody else's command came between reading and writing. */
export function changedMeanwhile(): ConflictError {
  return new ConflictError(
    'the version was changed meanwhile, look at it again',
  );
}

/** @throws NotFoundError */
export async function findVersion(
  knex: Knex,
  database: Database,
  runtime: string,
  name: string,
): Promise<VersionWithFacts> {
  const row = await knex<VersionRow>('versions')
    .where({ runtime, name })
    .first();
  const [known] = row ? await withFacts(knex, [row], database.policy) : [];
  if (!known) {
    throw new NotFoundError(`no version "${name}" in the runtime "${runtime}"`);
  }
  return known;
}

/** @throws ConflictError with the words of the refusal */
export function checkAllowed(
  command: VersionCommand,
  known: VersionWithFacts,
): void {
  const refusal = refusalOf(command, lifecycleFacts(known));
  if (refusal) throw new ConflictError(refusal);
}

/** Changes the row of a version unless a command came meanwhile. @throws ConflictError */
export async function changeVersion(
  tx: Knex.Transaction,
  version: Pick<VersionRecord, 'uid' | 'generation' | 'configurationRevision'>,
  change: Partial<VersionRow>,
): Promise<void> {
  const changed = await tx<VersionRow>('versions')
    .where({
      uid: version.uid,
      generation: version.generation,
      configuration_revision: version.configurationRevision,
    })
    .update(change);
  if (changed === 0) throw changedMeanwhile();
}

/** Has the solution want a publication, or none. */
export async function want(
  tx: Knex.Transaction,
  database: Database,
  place: { runtime: string; solution: string },
  publication: string | null,
): Promise<void> {
  const now = database.now();
  const key = { runtime: place.runtime, id: place.solution };
  const solution = await tx<SolutionRow>('solutions').where(key).first();
  const changed = await tx<SolutionRow>('solutions')
    .where({ ...key, generation: solution?.generation ?? -1 })
    .update({
      wanted_publication: publication,
      generation: (solution?.generation ?? 0) + 1,
      switch_requested_at: now.getTime(),
      switch_problem: null,
      next_at: now.getTime(),
    });
  if (changed === 0) throw changedMeanwhile();
}

/** Writes down a publication of a release and has its solution want it. */
export async function publishRelease(
  tx: Knex.Transaction,
  database: Database,
  version: VersionRecord,
  release: { revision: number; actor: string; comment: string },
): Promise<void> {
  const id = uuid();
  const now = database.now();
  await tx<PublicationRow>('publications').insert({
    id,
    runtime: version.runtime,
    solution: version.solution,
    version_uid: version.uid,
    version: version.name,
    package_digest: version.packageDigest,
    configuration_revision: release.revision,
    comment: release.comment,
    published_by: release.actor,
    requested_at: now.getTime(),
  });
  await want(tx, database, version, id);
}

/**
 * What waits to be published waits no more: a later command, or what became of it, decides. A revision that is made ready beside
 * still takes over.
 * @param options.silent - uid of a version for which that is no news
 */
export async function dropWaitingPublications(
  tx: Knex.Transaction,
  database: Database,
  which: { uid: string } | { runtime: string; solution: string },
  options: { comment: string; silent?: string },
): Promise<void> {
  const rows = await tx<VersionRow>('versions')
    .where(which)
    .where(waiting =>
      waiting.whereNotNull('publish_when_ready').orWhereNotNull('next_command'),
    )
    .select(
      'uid',
      'runtime',
      'solution',
      'name',
      'status',
      'publish_when_ready',
      'next_command',
    );
  for (const row of rows) {
    const { uid, runtime, solution, name, status } = row;
    const next: PendingCommand | null = JSON.parse(row.next_command ?? 'null');
    if (row.publish_when_ready === null && !next?.publish) continue;
    await tx<VersionRow>('versions')
      .where({ uid })
      .update({
        publish_when_ready: null,
        next_command: next && JSON.stringify({ ...next, publish: false }),
      });
    if (uid === options.silent) continue;
    await database.addActivity(tx, {
      actor: SYSTEM,
      type: 'version.publication-dropped',
      runtime,
      solution,
      version: name,
      from: status,
      to: status,
      comment: options.comment,
    });
  }
}

/** A command decided what is to be published: nothing that was asked for before may come later. */
export function decidePublication(
  tx: Knex.Transaction,
  database: Database,
  { uid, runtime, solution }: VersionRecord,
): Promise<void> {
  return dropWaitingPublications(
    tx,
    database,
    { runtime, solution },
    { comment: 'Another publication was asked for', silent: uid },
  );
}

/** A revision is made ready beside the running one. */
export function nextRelease(
  database: Database,
  revision: number,
  command: PendingCommand,
): Partial<VersionRow> {
  const now = database.now().getTime();
  return {
    next_revision: revision,
    next_since: now,
    next_command: JSON.stringify(command),
    next_problem: null,
    next_at: now,
  };
}

/** Nothing is made ready beside, nothing waits to be published. */
export const NOTHING_NEXT = {
  next_revision: null,
  next_since: null,
  next_command: null,
  next_problem: null,
  publish_when_ready: null,
} satisfies Partial<VersionRow>;

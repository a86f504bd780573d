import type { Knex } from 'knex';
import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import {
  deriveVersionStatus,
  type LifecyclePolicy,
} from '../domain/deriveVersionStatus';
import type { StatusFacts } from '../domain/statusFacts';
import type { PublicationRecord, VersionRecord } from '../domain/types';
import {
  toPublication,
  toVersion,
  type ConfigurationEntries,
  type PublicationRow,
  type RuntimeRow,
  type SolutionRow,
  type VersionRow,
} from './rows';

/** A version with all that its status is derived from. */
export interface VersionWithFacts {
  version: VersionRecord;
  facts: StatusFacts;
  entries: ConfigurationEntries;
  /** The publication callers reach, where it is of this version. */
  published?: PublicationRecord;
}

/** Keys the manifest declares, in its order. */
export function declaredKeys(version: Pick<VersionRecord, 'manifest'>) {
  const { variables, files } = version.manifest.config;
  return [
    ...variables.map(key => ({ key, type: 'variable' as const })),
    ...files.map(key => ({ key, type: 'file' as const })),
  ];
}

const keyOf = (...parts: Array<string | number>) => parts.join('/');

/** What the solutions of these runtimes have published, and want. */
async function readSolutions(knex: Knex, runtimes: string[]) {
  const rows = await knex<SolutionRow>('solutions').whereIn(
    'runtime',
    runtimes,
  );
  const ids = rows.flatMap(({ publication, wanted_publication }) =>
    [publication, wanted_publication].filter(id => id !== null),
  );
  const publications = await knex<PublicationRow>('publications').whereIn(
    'id',
    ids,
  );
  return {
    solutions: new Map(rows.map(row => [keyOf(row.runtime, row.id), row])),
    publications: new Map(
      publications.map(row => [row.id, toPublication(row)]),
    ),
  };
}

/** The newest of the last publications of its solution that names each version. */
async function readKeptPublications(
  knex: Knex,
  runtimes: string[],
  kept: number,
): Promise<Map<string, string>> {
  const rows = await knex
    .from(
      knex<PublicationRow>('publications')
        .whereIn('runtime', runtimes)
        .whereNotNull('published_at')
        .select('id', 'version_uid')
        .rowNumber('place', function order() {
          this.partitionBy('runtime')
            .partitionBy('solution')
            .orderBy('id', 'desc');
        })
        .as('history'),
    )
    .where('place', '<=', kept)
    .orderBy('id')
    .select<Array<{ id: string; version_uid: string }>>('id', 'version_uid');
  return new Map(rows.map(row => [row.version_uid, row.id]));
}

/** Which keys have a value in the revision each version would start with. */
async function readEntries(knex: Knex, uids: string[]) {
  const rows = await knex<VersionRow>('versions')
    .join('configuration_revisions as c', function on() {
      this.on('c.version_uid', 'versions.uid').andOn(
        'c.revision',
        'versions.configuration_revision',
      );
    })
    .whereIn('versions.uid', uids)
    .select<Array<{ uid: string; entries: string }>>(
      'versions.uid',
      'c.entries',
    );
  return new Map<string, ConfigurationEntries>(
    rows.map(row => [row.uid, JSON.parse(row.entries)]),
  );
}

/** Reads what the statuses of these versions are derived from: a few queries, whatever their number. */
export async function withFacts(
  knex: Knex,
  rows: VersionRow[],
  policy: LifecyclePolicy,
): Promise<VersionWithFacts[]> {
  if (rows.length === 0) return [];
  const runtimes = [...new Set(rows.map(row => row.runtime))];
  const { solutions, publications } = await readSolutions(knex, runtimes);
  const kept = await readKeptPublications(
    knex,
    runtimes,
    policy.keptPublications,
  );
  const deleting = await knex<RuntimeRow>('runtimes')
    .whereIn('id', runtimes)
    .where({ deleting: true })
    .select('id');
  const goingRuntimes = new Set(deleting.map(({ id }) => id));
  const entriesOf = await readEntries(
    knex,
    rows.map(row => row.uid),
  );
  return rows.map(row => {
    const version = toVersion(row);
    const solution = solutions.get(keyOf(row.runtime, row.solution));
    const entries = entriesOf.get(row.uid) ?? {};
    const keys = declaredKeys(version).map(({ key }) => key);
    const ofThis = (id: string | null | undefined) => {
      const publication = publications.get(id ?? '');
      return publication?.versionUid === row.uid ? publication : undefined;
    };
    const published = ofThis(solution?.publication);
    return {
      version,
      entries,
      published,
      facts: {
        published: published !== undefined,
        wanted: ofThis(solution?.wanted_publication) !== undefined,
        switching: solution?.publication !== solution?.wanted_publication,
        switchProblem: solution?.switch_problem ?? undefined,
        missing: keys.filter(key => !entries[key]),
        unconfirmed: keys.filter(key => entries[key]?.unconfirmed),
        neededFor: kept.get(row.uid),
        placeDeleting:
          goingRuntimes.has(row.runtime) || Boolean(solution?.deleting),
      },
    };
  });
}

/**
 * Derives the status of a version again and stores it when it changed. The time that passes changes it too: it is called only where
 * the activity log says what came of it.
 */
export async function refreshStatus(
  tx: Knex.Transaction,
  uid: string,
  policy: LifecyclePolicy,
  now: Date,
): Promise<{ from: VersionStatus; to: VersionStatus } | undefined> {
  const row = await tx<VersionRow>('versions').where({ uid }).first();
  if (!row) return undefined;
  const [known] = await withFacts(tx, [row], policy);
  if (!known) return undefined;
  const { status } = deriveVersionStatus(
    known.version,
    known.facts,
    policy.deadlines,
    now,
  );
  if (status !== row.status) {
    await tx<VersionRow>('versions')
      .where({ uid })
      .update({ status, status_since: now.getTime() });
  }
  return { from: row.status, to: status };
}

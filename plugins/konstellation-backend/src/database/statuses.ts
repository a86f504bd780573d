import type { Knex } from 'knex';
import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import {
  deriveVersionStatus,
  type Deadlines,
  type StatusFacts,
} from '../domain/deriveVersionStatus';
import type { VersionRecord } from '../domain/types';
import {
  toVersion,
  type ConfigurationEntries,
  type ConfigurationRow,
  type PublicationRow,
  type SolutionRow,
  type VersionRow,
} from './rows';

/** A version with all that its status is derived from. */
export interface VersionWithFacts {
  version: VersionRecord;
  facts: StatusFacts;
  entries: ConfigurationEntries;
}

/** Keys the manifest declares, in its order. */
export function declaredKeys(version: Pick<VersionRecord, 'manifest'>) {
  const { variables, files } = version.manifest.config;
  return [
    ...variables.map(key => ({ key, type: 'variable' as const })),
    ...files.map(key => ({ key, type: 'file' as const })),
  ];
}

/** Reads what the statuses of these versions are derived from: three queries, whatever their number. */
export async function withFacts(
  knex: Knex,
  rows: VersionRow[],
): Promise<VersionWithFacts[]> {
  if (rows.length === 0) return [];
  const runtimes = [...new Set(rows.map(row => row.runtime))];
  const solutions = await knex<SolutionRow>('solutions').whereIn(
    'runtime',
    runtimes,
  );
  const ids = solutions.flatMap(({ publication, wanted_publication }) =>
    [publication, wanted_publication].filter(id => id !== null),
  );
  const publications = await knex<PublicationRow>('publications')
    .whereIn('id', ids)
    .select('id', 'version_uid');
  const versionOf = new Map(
    publications.map(row => [row.id, row.version_uid] as const),
  );
  const configurations = await knex<ConfigurationRow>('configuration_revisions')
    .whereIn(
      'version_uid',
      rows.map(row => row.uid),
    )
    .select('version_uid', 'revision', 'entries');
  const entriesOf = new Map(
    configurations.map(row => [`${row.version_uid}/${row.revision}`, row]),
  );
  return rows.map(row => {
    const version = toVersion(row);
    const solution = solutions.find(
      ({ runtime, id }) => runtime === row.runtime && id === row.solution,
    );
    const stored = entriesOf.get(`${row.uid}/${row.configuration_revision}`);
    const entries: ConfigurationEntries = stored
      ? JSON.parse(stored.entries)
      : {};
    const keys = declaredKeys(version).map(({ key }) => key);
    const current = versionOf.get(solution?.publication ?? '');
    const wanted = versionOf.get(solution?.wanted_publication ?? '');
    return {
      version,
      entries,
      facts: {
        published: current === row.uid,
        wanted: wanted === row.uid,
        switching: solution?.publication !== solution?.wanted_publication,
        switchProblem: solution?.switch_problem ?? undefined,
        missing: keys.filter(key => !entries[key]?.value),
        unconfirmed: keys.filter(
          key => entries[key]?.value && entries[key]?.unconfirmed,
        ),
      },
    };
  });
}

/** Derives the status of a version again and stores it when it changed. */
export async function refreshStatus(
  tx: Knex.Transaction,
  uid: string,
  deadlines: Deadlines,
  now: Date,
): Promise<{ from: VersionStatus; to: VersionStatus } | undefined> {
  const row = await tx<VersionRow>('versions').where({ uid }).first();
  if (!row) return undefined;
  const [known] = await withFacts(tx, [row]);
  if (!known) return undefined;
  const { status } = deriveVersionStatus(
    known.version,
    known.facts,
    deadlines,
    now,
  );
  if (status !== row.status) {
    await tx<VersionRow>('versions')
      .where({ uid })
      .update({ status, status_since: now.getTime() });
  }
  return { from: row.status, to: status };
}

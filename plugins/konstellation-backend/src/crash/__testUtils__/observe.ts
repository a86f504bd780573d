import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { Knex } from 'knex';
import type { SimulatedCluster } from '../../__testUtils__/simulation/SimulatedCluster';
import type {
  ActivityRow,
  PublicationRow,
  RuntimeRow,
  SolutionRow,
  VersionRow,
} from '../../database/rows';
import { solutionHost } from '../../domain/solutionHost';
import { wantedRevisions } from '../../domain/releases';
import { releaseId } from '../../manifests/naming';
import { toVersion } from '../../database/rows';

/** Lines that say what is there: the same whenever it came to the same, however it came to it. */
export type Observation = Record<string, string[]>;

/** What is not in its final state, in a sentence; undefined when everything is. */
export async function unsettled(
  database: Knex,
  cluster: SimulatedCluster,
): Promise<string | undefined> {
  for (const { id, deleting } of await database<RuntimeRow>('runtimes')) {
    if (deleting) return `the runtime ${id} is being deleted`;
  }
  for (const row of await database<SolutionRow>('solutions')) {
    if (row.deleting) return `the solution ${row.id} is being deleted`;
    if (row.publication !== row.wanted_publication) {
      return `the solution ${row.id} is switching: ${row.switch_problem}`;
    }
    if (row.lease_owner !== null) return `the solution ${row.id} is leased`;
  }
  for (const row of await database<VersionRow>('versions')) {
    const { name, status } = row;
    if (row.deleting) return `${name} is being deleted`;
    if (['STARTING', 'STOPPING'].includes(status))
      return `${name} is ${status}`;
    if (row.next_revision !== null) return `${name} has a revision to come`;
    if (row.retiring_revision !== null) return `${name} has one that retires`;
    if (row.publish_when_ready !== null) return `${name} waits to be published`;
    if (row.lease_owner !== null) return `${name} is leased`;
    if (row.unavailable_since !== null && status !== 'ERROR') {
      return `${name} was not seen available since it was not`;
    }
  }
  if (cluster.refs().length > 0 && !cluster.isIdle) return 'the cluster works';
  const draining = Object.entries(cluster.gates()).find(([, states]) =>
    states.includes('draining'),
  );
  return draining && `the release ${draining[0]} is draining`;
}

/** What must never be, in a sentence; undefined when all is well. */
export async function violation(database: Knex): Promise<string | undefined> {
  const rows = await database<VersionRow>('versions')
    .where({ status: 'PUBLISHED' })
    .select('runtime', 'solution', 'name');
  const double = rows.find((row, at) =>
    rows.some(
      (other, place) =>
        place < at &&
        other.runtime === row.runtime &&
        other.solution === row.solution,
    ),
  );
  return double && `two versions of ${double.solution} are PUBLISHED`;
}

/** The one who answers callers at the address of a solution, or the status they get. */
export function answering(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: '/.well-known/konstellation',
        agent: false,
        headers: { host },
      },
      response => {
        let text = '';
        response.on('data', part => {
          text += part;
        });
        response.on('end', () => {
          const { version, release } = JSON.parse(text);
          resolve(
            response.statusCode === 200
              ? `${version} ${release}`
              : String(response.statusCode),
          );
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** A log has its lines or says why not; how much is there of one that goes on is a matter of when. */
function toldOf(row: {
  lines: number;
  complete: boolean | number;
  gap: string | null;
}): string {
  if (!row.complete) return 'goes on';
  return row.lines > 0 || row.gap ? 'told' : 'silent';
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value))
    .digest('hex')
    .slice(0, 12);
}

/** Releases that should have workloads, by what the database wants. */
export function wantedReleases(rows: VersionRow[]): string[] {
  return rows
    .map(toVersion)
    .flatMap(version =>
      wantedRevisions(version).map(({ revision }) =>
        releaseId({
          uid: version.uid,
          packageDigest: version.packageDigest,
          revision,
        }),
      ),
    )
    .sort();
}

/** Everything that matters of database and cluster. */
export async function observe(
  database: Knex,
  cluster: SimulatedCluster,
): Promise<Observation> {
  const runtimes = await database<RuntimeRow>('runtimes').orderBy('id');
  const solutions = await database<SolutionRow>('solutions').orderBy([
    'runtime',
    'id',
  ]);
  const versions = await database<VersionRow>('versions').orderBy([
    'runtime',
    'name',
  ]);
  const publications = await database<PublicationRow>('publications').orderBy(
    'id',
  );
  const activities = await database<ActivityRow>('activities').orderBy('id');
  const revisions = await database('configuration_revisions')
    .join('versions', 'versions.uid', 'configuration_revisions.version_uid')
    .orderBy(['runtime', 'name', 'revision'])
    .select(
      'versions.name',
      'configuration_revisions.revision',
      'configuration_revisions.entries',
      'configuration_revisions.changes',
      'configuration_revisions.comment',
    );
  const logs = await database('log_archives')
    .join('versions', 'versions.uid', 'log_archives.version_uid')
    .orderBy(['runtime', 'name', 'pod', 'container', 'restart'])
    .select(
      'versions.name',
      'log_archives.pod',
      'log_archives.container',
      'log_archives.restart',
      'log_archives.lines',
      'log_archives.complete',
      'log_archives.gap',
    );
  const packages = await database('packages').orderBy('digest');
  const publicationOf = (id: string | null) => {
    const at = publications.findIndex(row => row.id === id);
    const row = publications[at];
    return row
      ? `${at}:${row.version}@${row.configuration_revision}`
      : String(id);
  };
  const { port = 0 } = await cluster.front();
  const gates = cluster.gates();

  return {
    runtimes: runtimes.map(
      ({ id, name, description, settings, labels }) =>
        `${id} ${name} ${description} ${settings} ${labels}`,
    ),
    solutions: solutions.map(
      row =>
        `${row.runtime}/${row.id} publication=${publicationOf(
          row.publication,
        )} problem=${row.switch_problem}`,
    ),
    versions: versions.map(row =>
      [
        `${row.runtime}/${row.name}`,
        row.status,
        `desired=${row.desired}`,
        `configuration=${row.configuration_revision}`,
        `release=${row.release_revision}`,
        `dropped=${row.next_problem}`,
        `due=${row.next_at !== null}`,
        row.package_digest.slice(0, 15),
      ].join(' '),
    ),
    publications: publications.map(row =>
      [
        publicationOf(row.id),
        row.published_by,
        row.comment,
        `published=${row.published_at !== null}`,
        `ended=${row.ended_at !== null}`,
      ].join(' '),
    ),
    revisions: revisions.map(row => JSON.stringify(row)),
    activities: activities.map(row =>
      [
        row.type,
        row.actor,
        `${row.runtime}/${row.solution}/${row.version}`,
        `${row.from}→${row.to}`,
        row.comment,
      ].join(' '),
    ),
    logs: logs.map(
      row => `${row.pod}/${row.container}#${row.restart} ${toldOf(row)}`,
    ),
    packages: packages.map(
      row => `${row.digest.slice(0, 15)} used=${row.unused_since === null}`,
    ),
    published: solutions.map(row => {
      const published = versions.filter(
        version =>
          version.runtime === row.runtime &&
          version.solution === row.id &&
          version.status === 'PUBLISHED',
      );
      return `${row.id} ${published.map(({ name }) => name).join()}`;
    }),
    callers: await Promise.all(
      solutions.map(async row => {
        const host = solutionHost(row.runtime, row.id, 'localhost');
        return `${host} ${await answering(port, host)}`;
      }),
    ),
    gates: Object.keys(gates)
      .sort()
      .map(release => `${release} ${gates[release]?.join()}`),
    objects: cluster
      .applied()
      .map(({ key, desired }) => `${key} ${hashOf(desired)}`),
  };
}

/** A log that goes on where nothing went wrong may have been told to its end where something took longer. */
function furtherThan(expected: string[], actual: string[]): string[] {
  const lines = new Set(expected);
  return actual.map(line => {
    const before = line.replace(/ told$/, ' goes on');
    return lines.has(line) || !lines.has(before) ? line : before;
  });
}

/** Lines that are missing, unexpected, or in another order. */
export function difference(
  expected: Observation,
  actual: Observation,
): string[] {
  return Object.entries(expected).flatMap(([part, lines]) => {
    const shown = actual[part] ?? [];
    const other = part === 'logs' ? furtherThan(lines, shown) : shown;
    if (lines.join('\n') === other.join('\n')) return [];
    const missing = lines.filter(line => !other.includes(line));
    const unexpected = other.filter(line => !lines.includes(line));
    return [
      ...missing.map(line => `- ${part}: ${line}`),
      ...unexpected.map(line => `+ ${part}: ${line}`),
      ...(missing.length + unexpected.length === 0
        ? [`~ ${part}: in another order or number: ${other.join(' | ')}`]
        : []),
    ];
  });
}

// Fills a database with runtimes that have been at work for two years: rows as the product writes them.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import knexFactory from 'knex';
import { ValueCipher } from '../../plugins/konstellation-backend/src/configuration/ValueCipher';
import { groupOf, teamOf } from './callers.mjs';
import { KEYS, readPackages } from './packages.mjs';

export const VERSIONS = 20;
const ACTIVITIES = 20;
const REVISIONS = 3;
const DAY = 24 * 60 * 60 * 1_000;
const NOW = Date.now();
const CHUNK = 40;
const WORDS = ['pricing', 'churn', 'vision', 'forecast', 'fraud', 'triage'];

const sha256 = text => createHash('sha256').update(text).digest('hex');
const ago = days => NOW - Math.round(days * DAY);
const personOf = number => `user:default/person-${number % 97}`;

/** Sorts by time, as a UUID of version 7 does, and is the same in each run. */
function uuid7(millis, ...name) {
  const time = millis.toString(16).padStart(12, '0');
  const rest = sha256(name.join('/'));
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${rest.slice(0, 3)}`,
    `8${rest.slice(3, 6)}`,
    rest.slice(6, 18),
  ].join('-');
}

const uidOf = (runtime, name) => uuid7(ago(700), 'version', runtime, name);

function runtimeOf(number) {
  const id = `${WORDS[number % WORDS.length]}-${String(number).padStart(
    4,
    '0',
  )}`;
  const team = teamOf(number);
  return {
    id,
    name: `${WORDS[number % WORDS.length]} of market ${number}`,
    description: `Serves the teams of market ${number}; on call: ${team}`,
    owner: groupOf(team),
    labels: {
      team,
      stage: ['development', 'staging', 'production'][number % 3],
      'example.com/cost-center': String(4_000 + (number % 60)),
    },
    settings: {
      origins: [`https://market-${number}.example.com`],
      quota: { 'limits.memory': '64Gi', 'requests.cpu': '24' },
      resources: { limits: { memory: '2Gi' } },
    },
  };
}

/**
 * What the versions of a runtime are: mostly stopped; in a quarter of the runtimes one is published; here and there one is
 * started, starting, stopping, in error.
 */
function statusOf(runtime, version) {
  if (version === 18 && runtime % 4 === 0) return 'PUBLISHED';
  if (version === 17 && runtime % 100 === 5) return 'STOPPING';
  if (version < 19) return 'STOPPED';
  if (runtime % 10 === 1) return 'STARTED';
  if (runtime % 50 === 2) return 'ERROR';
  if (runtime % 50 === 3) return 'STARTING';
  return 'CREATED';
}

function observedOf(status, manifest) {
  const isUp = status === 'STARTED' || status === 'PUBLISHED';
  if (status === 'STOPPED') {
    return {
      generation: 2,
      at: new Date(ago(9)).toISOString(),
      present: false,
      ready: false,
      nodes: [],
      events: [],
    };
  }
  if (!isUp && status !== 'ERROR' && status !== 'STOPPING') return undefined;
  const problem = {
    reason: 'CrashLoopBackOff',
    message:
      "it ended 7 times, last with exit code 1: ModuleNotFoundError: No module named 'sklearn'",
    node: manifest.nodes[0].name,
  };
  const report = (name, type, image) => ({
    name,
    type,
    image,
    status: isUp ? 'READY' : 'ERROR',
    readyReplicas: Number(isUp),
    replicas: 1,
    pods: [
      {
        name: `v-${name}-6d4cf56db6-x7k2p`,
        phase: 'Running',
        ready: isUp,
        restarts: 0,
        startedAt: new Date(ago(9)).toISOString(),
      },
    ],
  });
  return {
    generation: 1,
    at: new Date(ago(9)).toISOString(),
    present: true,
    ready: isUp,
    nodes: [
      report('entrypoint', 'entrypoint', manifest.entrypoint.image),
      ...manifest.nodes.map(node => report(node.name, 'node', node.image)),
    ],
    events: [],
    ...(isUp ? {} : { problem }),
  };
}

function versionRow(runtime, number, at, packages) {
  const name = `v${at + 1}`;
  const uid = uidOf(runtime.id, name);
  const status = statusOf(number, at);
  const read = packages[(number + at) % packages.length];
  const isStarted = ['PUBLISHED', 'STARTED', 'ERROR', 'STARTING'].includes(
    status,
  );
  const observed = observedOf(status, read.manifest);
  const createdAt = ago(600 - at * 30 - (number % 25));
  return {
    uid,
    runtime: runtime.id,
    solution: runtime.id,
    name,
    description: read.manifest.description,
    manifest: JSON.stringify({ ...read.manifest, version: name }),
    proto: JSON.stringify(read.proto),
    files: JSON.stringify(read.files),
    package_digest: `sha256:${sha256(uid)}`,
    package_size: 40_000_000 + number,
    unpacked_size: 90_000_000 + number,
    created_by: personOf(number + at),
    created_at: createdAt,
    desired: isStarted ? 'started' : 'stopped',
    deleting: false,
    ever_started: status !== 'CREATED',
    generation: { CREATED: 0, STOPPED: 2, STOPPING: 2 }[status] ?? 1,
    desired_since:
      status === 'STARTING' || status === 'STOPPING' ? NOW : createdAt + DAY,
    configuration_revision: REVISIONS - 1,
    release_revision: isStarted ? REVISIONS - 1 : null,
    start_id: isStarted ? sha256(`start/${uid}`).slice(0, 32) : null,
    observed: observed ? JSON.stringify(observed) : null,
    unavailable_since: null,
    status,
    status_since: createdAt + DAY,
    next_at: status === 'STARTING' || status === 'STOPPING' ? NOW : null,
  };
}

function revisionRows(version, cipher) {
  return Array.from({ length: REVISIONS }, (_, revision) => {
    const secrets = KEYS.map(key => [
      key,
      cipher.encrypt(`value ${revision} of ${key} in ${version.runtime}`, {
        versionUid: version.uid,
        revision,
        key,
      }),
    ]);
    return {
      version_uid: version.uid,
      revision,
      entries: JSON.stringify(Object.fromEntries(KEYS.map(key => [key, {}]))),
      secrets: JSON.stringify(Object.fromEntries(secrets)),
      key_id: cipher.keyId,
      changes: JSON.stringify(
        KEYS.map(key => ({ key, change: revision ? 'changed' : 'inherited' })),
      ),
      comment: revision ? 'Another region' : 'Upload',
      created_by: version.created_by,
      created_at: version.created_at + revision * 1_000,
    };
  });
}

/** Every second of the older versions was published once; the last publication is the current one where there is one. */
function publicationRows(versions, number) {
  const isCurrent = number % 4 === 0;
  return versions
    .filter((_, at) => at >= 8 && at % 2 === 0)
    .map((version, at, all) => {
      const isLast = at === all.length - 1;
      const time = version.created_at + 2 * DAY;
      return {
        id: uuid7(time, 'publication', version.uid),
        runtime: version.runtime,
        solution: version.solution,
        version_uid: version.uid,
        version: version.name,
        package_digest: version.package_digest,
        configuration_revision: REVISIONS - 1,
        comment: `Better than the one before by ${at + 1} points`,
        published_by: version.created_by,
        requested_at: time,
        published_at: time + 120,
        ended_at: isLast && isCurrent ? null : time + 30 * DAY,
        switch_millis: 120,
      };
    });
}

const TYPES = [
  'version.created',
  'version.configured',
  'version.start',
  'version.started',
  'version.publish',
  'version.published',
  'version.stop',
  'version.stopped',
];

function activityRows(runtime, number) {
  return Array.from({ length: ACTIVITIES }, (_, at) => {
    const time = ago(600 - at * 30 - (number % 25)) + number;
    return {
      id: uuid7(time, 'activity', runtime.id, String(at)),
      at: time,
      actor: personOf(number + at),
      type: at ? TYPES[at % TYPES.length] : 'runtime.created',
      runtime: runtime.id,
      solution: runtime.id,
      version: at ? `v${at}` : null,
      from: at ? 'STOPPED' : null,
      to: at ? 'STARTING' : null,
      comment: `Asked for by the teams of market ${number}, see their board`,
    };
  });
}

function solutionRows(runtime, number, publication) {
  const row = (id, current) => ({
    runtime: runtime.id,
    id,
    name: id,
    wanted_publication: current,
    publication: current,
    generation: current ? 6 : 0,
    created_at: ago(600),
    deleting: false,
    next_at: null,
  });
  const rows = [row(runtime.id, publication)];
  // A tenth has more than one.
  if (number % 10 === 7) rows.push(row(`${runtime.id}-b`, null));
  return rows;
}

function rowsOf(number, packages, cipher) {
  const runtime = runtimeOf(number);
  const versions = Array.from({ length: VERSIONS }, (_, at) =>
    versionRow(runtime, number, at, packages),
  );
  const publications = publicationRows(versions, number);
  const current = publications.find(({ ended_at }) => ended_at === null);
  const { labels, settings, ...plain } = runtime;
  return {
    runtimes: [
      {
        ...plain,
        labels: JSON.stringify(labels),
        settings: JSON.stringify(settings),
        cluster: 'calm',
        namespace: `kre-${runtime.id}`,
        signal: sha256(runtime.id).slice(0, 32),
        revision: 60,
        deleting: false,
        created_by: personOf(number),
        created_at: ago(620),
      },
    ],
    runtime_labels: Object.entries(labels).map(([label, value]) => ({
      runtime: runtime.id,
      label,
      value,
    })),
    solutions: solutionRows(runtime, number, current?.id ?? null),
    versions,
    configuration_revisions: versions.flatMap(version =>
      revisionRows(version, cipher),
    ),
    publications,
    packages: versions.map(({ package_digest }) => ({
      digest: package_digest,
      removing: false,
      unused_since: null,
    })),
    activities: activityRows(runtime, number),
  };
}

/**
 * @param options.client - `better-sqlite3` or `pg`
 * @param options.connection - of the database of the plugin
 * @param options.root - folder of the repository
 * @param options.key - `{ id, secret }` values are encrypted with
 * @returns `{ failing, rows }`: uids of versions that do not get ready, and how many rows each table has
 */
export async function seed({ client, connection, root, key, runtimes }) {
  const knex = knexFactory({ client, connection, useNullAsDefault: true });
  try {
    await knex.migrate.latest({
      directory: join(root, 'plugins/konstellation-backend/migrations'),
    });
    const cipher = new ValueCipher([
      { id: key.id, key: Buffer.from(key.secret, 'base64') },
    ]);
    const packages = await readPackages();
    const failing = [];
    const rows = {};
    for (let begin = 0; begin < runtimes; begin += CHUNK) {
      const numbers = Array.from(
        { length: Math.min(CHUNK, runtimes - begin) },
        (_, at) => begin + at,
      );
      const all = numbers.map(number => rowsOf(number, packages, cipher));
      await knex.transaction(async tx => {
        for (const table of Object.keys(all[0])) {
          const own = all.flatMap(each => each[table]);
          rows[table] = (rows[table] ?? 0) + own.length;
          await tx.batchInsert(table, own, CHUNK);
        }
      });
      failing.push(
        ...all
          .flatMap(({ versions }) => versions)
          .filter(({ status }) => status === 'ERROR')
          .map(({ uid }) => uid),
      );
    }
    // A server does so by itself, a while after so many rows have come.
    if (client === 'pg') await knex.raw('vacuum analyze');
    return { failing, rows };
  } finally {
    await knex.destroy();
  }
}

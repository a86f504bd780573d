// What 1,000 runtimes with 20 versions each cost a portal, beside one with 10 runtimes on the same machine in the same minutes: pages of
// lists, memory, the time from start to serving, and what it does while nothing happens.
//   npm run bench:scale [-- --quick] [--database sqlite|postgres]
import { createRequire } from 'node:module';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import knexFactory from 'knex';
import { build } from '../tools/build.mjs';
import { CONNECTION_VARIABLE, startPostgres } from '../tools/postgres.mjs';
import { bold, say, step } from '../tools/terminal.mjs';
import { root, toolchainEnvironment } from '../tools/toolchain.mjs';
import { bundle } from './scale/bundle.mjs';
import { CALLERS } from './scale/callers.mjs';
import { Portal } from './scale/Portal.mjs';
import { HEALTH, LIST, requestsWith, SAME_LIST } from './scale/requests.mjs';
import { createIssuer } from './scale/tokens.mjs';
import { median, quantile, table } from './table.mjs';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, database: { type: 'string' } },
});
const RUNTIMES = { small: 10, large: options.quick ? 100 : 1_000 };
const SIZES = Object.keys(RUNTIMES);
const ROUNDS = options.quick ? 40 : 200;
const STARTS = options.quick ? 1 : 3;
/** A portal that answers slowly is asked less. */
const REQUESTS_WITHIN_MILLIS = 5 * 60_000;
const IDLE_MILLIS = options.quick ? 3_000 : 10_000;
const GOAL = { listMillis: 50, heap: 400, startMillis: 5_000, growth: 2 };
const MB = 1e6;

const issuer = createIssuer();
const tokens = Object.fromEntries(
  Object.keys(CALLERS).map(caller => [caller, issuer.tokenOf(caller)]),
);
const ADMIN = tokens[LIST.caller];
const key = { id: 'bench', secret: randomBytes(32).toString('base64') };

/** Where a portal of this size keeps its rows: as its configuration has it, and as the rows are brought in. */
async function placeOf(kind, folder, size) {
  if (kind === 'sqlite') {
    const directory = join(folder, 'database');
    mkdirSync(directory);
    return {
      database: { client: 'better-sqlite3', connection: { directory } },
      seeded: {
        client: 'better-sqlite3',
        connection: { filename: join(directory, 'konstellation.sqlite') },
      },
    };
  }
  const connection = process.env[CONNECTION_VARIABLE];
  const prefix = `bench_${randomUUID().slice(0, 8)}_${size}_`;
  const url = new URL(connection);
  url.pathname = `/${prefix}konstellation`;
  const server = knexFactory({ client: 'pg', connection });
  await server.raw('create database ??', [`${prefix}konstellation`]);
  await server.destroy();
  return {
    database: { client: 'pg', connection, prefix },
    seeded: { client: 'pg', connection: url.href },
    async drop() {
      const server = knexFactory({ client: 'pg', connection });
      try {
        const { rows } = await server.raw(
          'select datname from pg_database where starts_with(datname, ?)',
          [prefix],
        );
        for (const { datname } of rows) {
          await server.raw('drop database ?? with (force)', [datname]);
        }
      } finally {
        await server.destroy();
      }
    },
  };
}

/** @returns the portals by size, which are not started, and how to end them for good */
async function preparePortals(kind, { folder, script, seed }) {
  const portals = {};
  const drops = [];
  for (const size of SIZES) {
    const own = join(folder, `${kind}-${size}`);
    mkdirSync(own);
    const runtimes = RUNTIMES[size];
    const { database, seeded, drop } = await placeOf(kind, own, size);
    if (drop) drops.push(drop);
    const { failing } = await step(`Filled ${runtimes} runtimes`, () =>
      seed({ ...seeded, root, key, runtimes }),
    );
    portals[size] = new Portal({
      folder: own,
      script,
      database,
      key,
      told: { jwks: issuer.jwks, failing },
    });
  }
  return {
    portals,
    async end() {
      await Promise.all(SIZES.map(size => portals[size].stop()));
      for (const drop of drops) await drop();
    },
  };
}

const eachSize = async work =>
  Object.fromEntries(
    await Promise.all(SIZES.map(async size => [size, await work(size)])),
  );

/** Starts in turn, alone: what else the machine does weighs on both. The last ones go on running. */
async function measureStarts(portals) {
  const runs = Object.fromEntries(SIZES.map(size => [size, []]));
  // The first one migrates databases of plugins that are not measured.
  for (const size of SIZES) {
    await portals[size].start(ADMIN);
    await portals[size].settled(LIST.path, ADMIN);
  }
  for (let round = 0; round < STARTS; round++) {
    for (const size of round % 2 ? SIZES : SIZES.toReversed()) {
      await portals[size].stop();
      const millis = await portals[size].start(ADMIN);
      const begun = await portals[size].ask('begunMillis');
      const settled = await portals[size].settled(LIST.path, ADMIN);
      runs[size].push({ millis, begun, settled });
    }
  }
  return eachSize(async size => {
    const times = runs[size].flatMap(({ settled }) => settled.times);
    return {
      millis: median(runs[size].map(({ millis }) => millis)),
      begunMillis: median(runs[size].map(({ begun }) => begun)),
      settledMillis: median(runs[size].map(({ settled }) => settled.millis)),
      meanwhile: times.length > 0 ? median(times) : undefined,
    };
  });
}

/** What a portal does while nobody calls and nothing changes. */
function measureIdle(portals) {
  return eachSize(async size => {
    const portal = portals[size];
    const read = async () => ({
      at: performance.now(),
      cpu: await portal.ask('cpuMillis'),
      statements: await portal.ask('statements'),
    });
    const before = await read();
    await sleep(IDLE_MILLIS);
    const after = await read();
    const seconds = (after.at - before.at) / 1_000;
    return {
      cpuPercent: (after.cpu - before.cpu) / seconds / 10,
      statementsPerSecond: (after.statements - before.statements) / seconds,
    };
  });
}

async function requestsOf(portal, runtimes) {
  const limit = Math.ceil((runtimes * 0.8) / 5);
  let cursor;
  for (let page = 0; page < 5; page++) {
    const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
    ({ nextCursor: cursor } = await portal.json(`/runtimes?${query}`, ADMIN));
  }
  return requestsWith(cursor);
}

/** All requests of all portals, one after another, round by round. */
async function measureRequests(portals) {
  const requests = await eachSize(size =>
    requestsOf(portals[size], RUNTIMES[size]),
  );
  const results = requests.large.map(({ name }) => ({ name }));
  for (const size of SIZES) {
    for (const [at, { path, caller }] of requests[size].entries()) {
      const { status, text } = await portals[size].get(path, tokens[caller]);
      if (status !== 200)
        throw new Error(`${path} answered ${status}: ${text}`);
      results[at][size] = {
        times: [],
        bytes: text.length,
        items: JSON.parse(text).items?.length,
        statements: Infinity,
      };
    }
  }
  const until = performance.now() + REQUESTS_WITHIN_MILLIS;
  for (let round = 0; round < ROUNDS && performance.now() < until; round++) {
    for (const [at, result] of results.entries()) {
      for (const size of round % 2 ? SIZES : SIZES.toReversed()) {
        const { path, caller } = requests[size][at];
        const portal = portals[size];
        const before = await portal.ask('statements');
        const { millis } = await portal.get(path, tokens[caller]);
        const statements = (await portal.ask('statements')) - before;
        result[size].times.push(millis);
        // The reconciler asks at times; what the request asks it asks always.
        result[size].statements = Math.min(result[size].statements, statements);
      }
    }
  }
  for (const result of results) {
    for (const size of SIZES) {
      const { times, ...rest } = result[size];
      result[size] = {
        p50: median(times),
        p99: quantile(times, 0.99),
        calls: times.length,
        ...rest,
      };
    }
  }
  return results;
}

async function measure(kind, parts) {
  const { portals, end } = await preparePortals(kind, parts);
  try {
    const starts = await measureStarts(portals);
    const idle = await measureIdle(portals);
    const requests = await step('Asked for pages', () =>
      measureRequests(portals),
    );
    const memory = await eachSize(size => portals[size].ask('memory'));
    return { starts, idle, requests, memory };
  } finally {
    await end();
  }
}

const millis = value => `${value.toFixed(1)} ms`;
const seconds = value => `${(value / 1_000).toFixed(2)} s`;

function show({ starts, idle, requests, memory }) {
  const goals = { [LIST.name]: `p99 ≤ ${GOAL.listMillis} ms` };
  goals[SAME_LIST.name] = `p50 ≤ ${GOAL.growth}× of ${RUNTIMES.small}`;
  table([
    [
      'request',
      `p50 of ${RUNTIMES.small}`,
      `p50 of ${RUNTIMES.large}`,
      `p99 of ${RUNTIMES.small}`,
      `p99 of ${RUNTIMES.large}`,
      'items',
      'KiB',
      'SQL statements',
      'goal',
    ],
    ...requests.map(({ name, small, large }) => [
      name,
      millis(small.p50),
      millis(large.p50),
      millis(small.p99),
      millis(large.p99),
      `${small.items ?? '-'} | ${large.items ?? '-'}`,
      `${(small.bytes / 1_024).toFixed(0)} | ${(large.bytes / 1_024).toFixed(
        0,
      )}`,
      `${small.statements} | ${large.statements}`,
      goals[name] ?? '',
    ]),
  ]);
  say();
  const row = (name, of, goal = '') => [name, of('small'), of('large'), goal];
  const mb = value => `${(value / MB).toFixed(0)} MB`;
  table([
    [
      'portal',
      `${RUNTIMES.small} runtimes`,
      `${RUNTIMES.large} runtimes`,
      'goal',
    ],
    row('heap in use', size => mb(memory[size].heapUsed), `≤ ${GOAL.heap} MB`),
    row('resident memory', size => mb(memory[size].rss)),
    row(
      'start to first page of runtimes',
      size => seconds(starts[size].millis),
      `≤ ${seconds(GOAL.startMillis)}`,
    ),
    row('of that, Backstage before any plugin', size =>
      seconds(starts[size].begunMillis),
    ),
    row('from there until all is looked after', size =>
      seconds(starts[size].settledMillis),
    ),
    row('first page of runtimes meanwhile, p50', size =>
      starts[size].meanwhile === undefined
        ? '-'
        : millis(starts[size].meanwhile),
    ),
    row(
      'idle: of one processor',
      size => `${idle[size].cpuPercent.toFixed(1)} %`,
    ),
    row('idle: SQL statements per second', size =>
      idle[size].statementsPerSecond.toFixed(1),
    ),
  ]);
}

/** Goals that are counts or ratios; times are for people to judge. */
function missedGoals(kind, { requests, memory }) {
  const missed = [];
  if (memory.large.heapUsed > GOAL.heap * MB) missed.push(`${kind}: heap`);
  const same = requests.find(({ name }) => name === SAME_LIST.name);
  if (same.large.p50 > same.small.p50 * GOAL.growth) {
    missed.push(`${kind}: ${SAME_LIST.name} grows with the number of runtimes`);
  }
  for (const { name, small, large } of requests) {
    // A page with nothing on it needs fewer.
    if (small.items && large.statements > small.statements) {
      missed.push(`${kind}: ${name} takes more statements`);
    }
  }
  return missed;
}

async function main(folder) {
  await build(toolchainEnvironment(), ['config-schema']);
  const parts = {
    folder,
    script: await bundle('portal', folder),
    seed: createRequire(import.meta.url)(await bundle('seed', folder)).seed,
  };
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} processors, ${(
    totalmem() /
    1024 ** 3
  ).toFixed(0)} GiB, Node ${process.version}`;
  say(`${date}, ${machine}`);
  const postgres =
    options.database === 'sqlite'
      ? { problem: 'not asked for', stop: async () => undefined }
      : await startPostgres(process.env);
  const results = { date, machine, runtimes: RUNTIMES, databases: {} };
  const missed = [];
  try {
    Object.assign(process.env, postgres.env);
    const databases = [
      ...(options.database === 'postgres' ? [] : [['sqlite', 'SQLite']]),
      ...(postgres.problem ? [] : [['postgres', postgres.title]]),
    ];
    for (const [kind, title] of databases) {
      say(`\n${bold(title)}`);
      const result = await measure(kind, parts);
      say();
      show(result);
      say(`\n${result.requests[0].large.calls} calls of each request`);
      results.databases[kind] = result;
      missed.push(...missedGoals(kind, result));
    }
  } finally {
    await postgres.stop();
  }
  const place = join(root, 'benchmarks/results');
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'scale.json'),
    `${JSON.stringify(results, null, 2)}\n`,
  );
  if (missed.length > 0) {
    say(`\nmissed: ${missed.join('; ')}`);
    process.exitCode = 1;
  }
}

// Inside of the repository: what runs there finds the packages the repository has.
const cache = join(root, 'node_modules/.cache/konstellation');
mkdirSync(cache, { recursive: true });
const work = mkdtempSync(join(cache, 'bench-scale-'));
try {
  await main(work);
} finally {
  rmSync(work, { recursive: true, force: true });
}

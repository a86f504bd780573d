// `npm run test:model`: random commands of several people, and whatever happens to cluster and portal meanwhile, on the service and
// beside it on a small model of the lifecycle. Says every minute how far it is. Ends with `N runs, N failed`; a failure is told as the shortest story that was found.
//   node tools/model.mjs [--runs N] [--seed N] [--path P] [--database sqlite|postgres]
//   --runs N      in all; 1,000 by default, on PostgreSQL 100
//   --seed N      the same runs again
//   --path P      with the seed of a failure: that run alone, again
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backendTests, testEnvironment } from './backendTests.mjs';
import { install } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { capture } from './processes.mjs';
import { bold, dim, fail, red, say, step } from './terminal.mjs';

const DATABASES = {
  sqlite: { id: 'SQLITE_3', runs: 1_000 },
  postgres: { id: 'POSTGRES_15', runs: 100 },
};
const MAX_SEED = 2 ** 31;
const TELL_MILLIS = 60_000;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    database: { type: 'string', default: 'sqlite' },
  },
});

function wholeNumber(name) {
  const text = options[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  return fail(`--${name} is "${text}", it must be a whole number`);
}

/** Parts of the runs, each with a seed of its own and in a process of its own. */
function partsOf(runs, seed) {
  const count = options.path ? 1 : Math.min(availableParallelism(), runs, 8);
  return Array.from({ length: count }, (_, part) => ({
    seed: seed + part,
    runs: Math.ceil((runs - part) / count),
  }));
}

/** What a part has reported so far: each run, and at its end what came of them. */
function readReport(file) {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line));
  return {
    runs: lines.flatMap(({ run }) => run ?? []),
    outcome: lines.find(({ outcome }) => outcome)?.outcome,
  };
}

const stepsOf = runs => runs.reduce((sum, { steps }) => sum + steps, 0);
const count = number => number.toLocaleString('en-GB');

/** Says how far all parts are, and of what failed before its shortest story is known. */
function tellProgress(files, wanted) {
  const reports = files.map(readReport);
  const runs = reports.flatMap(report => report.runs);
  say(
    dim(
      `  ${count(runs.length)} of ${count(wanted)} runs, ${count(
        stepsOf(runs),
      )} steps`,
    ),
  );
  for (const { runs: own, outcome } of reports) {
    const failed = own.find(({ error }) => error);
    if (failed && !outcome) {
      say(`  ${red('✗')} ${failed.error}\n    looking for a shorter story`);
    }
  }
}

/** @returns what came of a part, or why it came to nothing */
async function play({ id }, { seed, runs }, env, report) {
  const ended = await capture(
    ...backendTests({
      paths: ['src/model'],
      database: id,
      env: {
        ...env,
        KONSTELLATION_MODEL_RUNS: String(runs),
        KONSTELLATION_MODEL_SEED: String(seed),
        ...(options.path ? { KONSTELLATION_MODEL_PATH: options.path } : {}),
        KONSTELLATION_MODEL_REPORT: report,
      },
    }),
  ).then(
    () => undefined,
    error => error.message,
  );
  const { runs: played, outcome } = readReport(report);
  return (
    outcome ?? {
      runs: played.length,
      steps: stepsOf(played),
      seed,
      broken: ended ?? 'no test was found',
    }
  );
}

function tell({ seed, failure, broken }) {
  if (broken) say(`\n${red('✗')} ${broken}`);
  if (!failure) return;
  say(`\n${red('✗')} ${bold('A story that ends as it should not')}`);
  failure.story.forEach((line, at) => say(`  ${at + 1}. ${line}`));
  say(`  ${failure.error}`);
  say(
    `  Again: npm run test:model -- --database ${options.database} --seed ${seed} --path ${failure.path}`,
  );
}

async function main() {
  const database = DATABASES[options.database];
  if (!database) fail(`No such database: ${options.database}`);
  const runs = options.path ? 1 : wholeNumber('runs') ?? database.runs;
  const seed = wholeNumber('seed') ?? Math.floor(Math.random() * MAX_SEED);
  if (options.path && options.seed === undefined) {
    fail('--path says which run of a seed: say --seed as well');
  }
  const env = testEnvironment();
  await step('Installed', () => install(env));
  const postgres =
    database === DATABASES.postgres
      ? await startPostgres(env)
      : { env, stop: async () => undefined };
  if (postgres.problem) fail(postgres.problem);
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-model-'));
  const parts = partsOf(runs, seed);
  const files = parts.map((_, at) => join(folder, `${at}.jsonl`));
  const timer = setInterval(() => tellProgress(files, runs), TELL_MILLIS);
  let outcomes;
  try {
    outcomes = await step(`Played with the seed ${seed}`, () =>
      Promise.all(
        parts.map((part, at) => play(database, part, postgres.env, files[at])),
      ),
    );
  } finally {
    clearInterval(timer);
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  outcomes.forEach(tell);
  const sum = of => outcomes.reduce((total, each) => total + of(each), 0);
  const failed = sum(({ failure, broken }) => (failure || broken ? 1 : 0));
  say(`\n${count(sum(({ steps }) => steps))} steps`);
  say(`${sum(each => each.runs)} runs, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch(error => fail(error.stack ?? String(error)));

// `npm run test:crash`: every command, killed before and after every call to database, packages, cluster and entrypoints, and with
// everything else going wrong there that can. Ends with `N boundaries killed, N converged`.
//   node tools/crash.mjs [--every N] [--only TEXT] [--fault JSON] [--database sqlite|postgres]
//   --every N      one of N faults, instead of all on SQLite and one of 16 on PostgreSQL
//   --only TEXT    scenarios whose name has it
//   --fault JSON   one fault of a scenario, as it was reported
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backendTests, testEnvironment } from './backendTests.mjs';
import { install } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { capture } from './processes.mjs';
import { bold, fail, green, red, say, step } from './terminal.mjs';

const DATABASES = {
  sqlite: { id: 'SQLITE_3', title: 'SQLite', every: 1 },
  postgres: { id: 'POSTGRES_15', title: 'PostgreSQL 15', every: 16 },
};
const SHOW_MILLIS = 1_000;

const { values: options } = parseArgs({
  options: {
    every: { type: 'string' },
    only: { type: 'string', default: '' },
    fault: { type: 'string', default: '' },
    database: { type: 'string' },
  },
});

/** What came of each fault so far. */
function readOutcomes(files) {
  return files
    .filter(file => existsSync(file))
    .flatMap(file => readFileSync(file, 'utf8').split('\n').slice(0, -1))
    .map(line => JSON.parse(line));
}

const isKill = ({ fault }) => fault.is.startsWith('kill');

/** Those that struck; a run that takes another way may not come to where it should. */
function countOf(outcomes) {
  const met = outcomes.filter(({ struck, problem }) => struck || problem);
  const converged = met.filter(({ problem }) => !problem).length;
  return { all: met.length, converged };
}

/** Says of each scenario what came of it, once, when the next one has begun. */
function progress(files) {
  const told = new Set();
  return isEnd => {
    const outcomes = readOutcomes(files);
    const names = [...new Set(outcomes.map(({ scenario }) => scenario))];
    const done = isEnd ? names : names.slice(0, -2);
    for (const name of done.filter(one => !told.has(one))) {
      told.add(name);
      const own = outcomes.filter(({ scenario }) => scenario === name);
      const kills = countOf(own.filter(isKill));
      const others = countOf(own.filter(outcome => !isKill(outcome)));
      const isGood =
        kills.all === kills.converged && others.all === others.converged;
      say(
        `${isGood ? green('✓') : red('✗')} ${name}: ${kills.converged}/${
          kills.all
        } kills, ${others.converged}/${others.all} other faults`,
      );
    }
    return outcomes;
  };
}

async function runOn({ id, title, every }, env, folder) {
  say(`\n${bold(title)}`);
  const parts = options.fault ? 1 : Math.min(availableParallelism(), 8);
  const files = Array.from({ length: parts }, (_, part) =>
    join(folder, `${id}-${part}.jsonl`),
  );
  const tell = progress(files);
  const timer = setInterval(() => tell(false), SHOW_MILLIS);
  const ended = await Promise.allSettled(
    files.map((file, part) =>
      capture(
        ...backendTests({
          paths: ['src/crash/crashMatrix'],
          database: id,
          env: {
            ...env,
            KONSTELLATION_CRASH_EVERY: options.every ?? String(every),
            KONSTELLATION_CRASH_PART: `${part}/${parts}`,
            KONSTELLATION_CRASH_ONLY: options.only,
            KONSTELLATION_CRASH_FAULT: options.fault,
            KONSTELLATION_CRASH_REPORT: file,
          },
        }),
      ),
    ),
  );
  clearInterval(timer);
  const outcomes = tell(true);
  const failed = outcomes.filter(({ problem }) => problem);
  for (const { scenario, fault, struck, problem } of failed) {
    say(`\n${red('✗')} ${scenario}, ${JSON.stringify(fault)}`);
    say(`  ${struck}\n  ${problem}`);
  }
  // A run that fails without a fault that did is broken itself.
  const broken = ended.find(({ status }) => status === 'rejected');
  if (broken && failed.length === 0) say(`\n${broken.reason.message}`);
  return { outcomes, isBroken: Boolean(broken) };
}

async function main() {
  const wanted = options.database
    ? [DATABASES[options.database]]
    : Object.values(DATABASES);
  if (wanted.includes(undefined)) fail(`No such database: ${options.database}`);
  const env = testEnvironment();
  await step('Installed', () => install(env));
  const postgres = wanted.includes(DATABASES.postgres)
    ? await startPostgres(env)
    : { env, problem: 'not asked for', stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-crash-'));
  const outcomes = [];
  let isBroken = false;
  try {
    for (const database of wanted) {
      if (database === DATABASES.postgres && postgres.problem) {
        say(`\n${database.title} was left out: ${postgres.problem}`);
        continue;
      }
      const result = await runOn(database, postgres.env, folder);
      outcomes.push(...result.outcomes);
      isBroken ||= result.isBroken;
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const kills = countOf(outcomes.filter(isKill));
  const others = countOf(outcomes.filter(outcome => !isKill(outcome)));
  say(`\n${others.all} other faults, ${others.converged} converged`);
  say(`${kills.all} boundaries killed, ${kills.converged} converged`);
  const isGood =
    !isBroken &&
    kills.all > 0 &&
    kills.all === kills.converged &&
    others.all === others.converged;
  process.exitCode = isGood ? 0 : 1;
}

main().catch(error => fail(error.stack ?? String(error)));

// `npm test`: type check, lint, unit and API tests, and the whole story in a real browser. Ends with the databases that the tests
// ran on, and `N passed, N failed`.
//   node tools/test.mjs [PART ...]   only these parts, see PARTS
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { closeWith, countJest } from './counts.mjs';
import { findHelm } from './dev-cluster/helm.mjs';
import { install } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { capture, show } from './processes.mjs';
import { bold, fail, green, red, say, step } from './terminal.mjs';
import { root, toolchainEnvironment } from './toolchain.mjs';

const reports = mkdtempSync(join(tmpdir(), 'konstellation-test-'));
const count = (passed, failed) => ({ passed, failed });
/** Lines for the end, before the numbers. */
const closing = [];

/** A check counts as one test. */
async function check(env, command, args) {
  const code = await show(command, args, { env });
  return code === 0 ? count(1, 0) : count(0, 1);
}

async function lockFiles() {
  const locks = ['yarn.lock', 'toolchain/package-lock.json'];
  const hosted = locks.filter(file =>
    /https?:\/\/|__archiveUrl/.test(readFileSync(join(root, file), 'utf8')),
  );
  if (hosted.length === 0) return count(1, 0);
  say(red(`These name a host, which they must not: ${hosted.join(', ')}`));
  return count(0, 1);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Passed tests that have the name of a database, as `eachDatabase` gives it to them. */
function ranOn(report, database) {
  return report.testResults
    .flatMap(suite => suite.assertionResults)
    .filter(
      ({ status, fullName }) =>
        status === 'passed' && fullName.includes(database),
    ).length;
}

/** Says which databases the tests met; after the last part, where it is read. */
function databasesOf(report, postgres) {
  const sqlite = `${ranOn(report, 'SQLITE_3')} tests on SQLite`;
  return postgres.problem
    ? `databases: ${sqlite} alone: ${postgres.problem.split('\n')[0]}`
    : `databases: ${sqlite}, ${ranOn(report, 'POSTGRES_15')} on ${
        postgres.title
      }`;
}

async function unit(env) {
  const file = join(reports, 'jest.json');
  const postgres = await startPostgres(env);
  let code;
  try {
    code = await show(
      'backstage-cli',
      ['repo', 'test', '--maxWorkers=2', '--json', `--outputFile=${file}`],
      {
        env: {
          ...postgres.env,
          NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
        },
      },
    );
  } finally {
    await postgres.stop();
  }
  const report = readReport(file);
  if (!report) return count(0, 1);
  closing.push(databasesOf(report, postgres));
  return countJest(report, code);
}

async function python(env, folder) {
  let output;
  let failed = 0;
  try {
    output = await capture(
      'python3',
      ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'],
      { env, cwd: join(root, folder) },
    );
  } catch (error) {
    output = error.message;
    say(output);
    const counts = [...output.matchAll(/(?:failures|errors)=(\d+)/g)];
    failed = Math.max(
      counts.reduce((sum, [, n]) => sum + Number(n), 0),
      1,
    );
  }
  const ran = Number(/Ran (\d+) tests?/.exec(output)?.[1] ?? 0);
  // No test at all means that they were not found.
  return ran === 0 ? count(0, 1) : count(Math.max(ran - failed, 0), failed);
}

async function nodeTests(env, pattern) {
  let output;
  try {
    output = await capture(
      'node',
      ['--test', '--test-reporter', 'tap', pattern],
      { env },
    );
  } catch (error) {
    output = error.message;
    say(output);
  }
  const [passed, failed] = ['pass', 'fail'].map(name =>
    Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0),
  );
  // No test at all means that they were not found.
  return passed + failed === 0 ? count(0, 1) : count(passed, failed);
}

async function browser(env) {
  await build(env);
  const file = join(reports, 'playwright.json');
  const code = await show(
    'playwright',
    ['test', '--config', 'packages/app/playwright.config.ts'],
    { env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file } },
  );
  const stats = readReport(file)?.stats;
  if (!stats) return count(0, 1);
  const failed = stats.unexpected + stats.flaky;
  return count(stats.expected, code === 0 ? failed : Math.max(failed, 1));
}

/** The tool, from the repository, on what the repository ships. */
async function krt(env) {
  await build(env, ['krt-cli', 'runner-entrypoint', 'runner-node']);
  const folder = join(root, 'examples/price-estimator');
  return check(env, join(root, 'bin/krt'), [
    'validate',
    ...['price-estimator-v1.krt', 'price-estimator-v2.krt'].map(name =>
      join(folder, name),
    ),
  ]);
}

/** Where there is no helm, nothing of it runs, and the end says so. */
async function chart(env) {
  const { problem } = await step('Helm', findHelm);
  if (!problem) return nodeTests(env, 'chart/**/*.test.mjs');
  closing.push(`chart: not run: ${problem}`);
  return count(0, 0);
}

const PARTS = {
  locks: lockFiles,
  types: env => check(env, 'tsc', ['--noEmit', '-p', '.']),
  lint: env =>
    check(env, 'backstage-cli', ['repo', 'lint', '--max-warnings=0']),
  format: env => check(env, 'prettier', ['--check', '--loglevel=warn', '.']),
  runners: env => step('Built', () => build(env)).then(() => count(1, 0)),
  unit,
  krt,
  python: env => python(env, 'runners/python'),
  example: env => python(env, 'examples/price-estimator'),
  images: env => nodeTests(env, 'images/**/*.test.mjs'),
  tools: env => nodeTests(env, 'tools/**/*.test.mjs'),
  chart,
  browser,
};

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter(name => !(name in PARTS));
  if (unknown.length > 0) {
    fail(
      `No such part: ${unknown.join(', ')}. There are: ${Object.keys(
        PARTS,
      ).join(', ')}`,
    );
  }
  const env = {
    ...toolchainEnvironment(),
    CI: 'true',
    BACKSTAGE_TEST_DISABLE_DOCKER: '1',
  };
  await step('Installed', () => install(env));

  const total = count(0, 0);
  for (const [name, run] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    say(`\n${bold(name)}`);
    let result;
    try {
      result = await run(env);
    } catch (error) {
      say(error.stack ?? String(error));
      result = count(0, 1);
    }
    total.passed += result.passed;
    total.failed += result.failed;
    const paint = result.failed === 0 ? green : red;
    say(paint(`${name}: ${result.passed} passed, ${result.failed} failed`));
  }
  rmSync(reports, { recursive: true, force: true });
  say();
  closing.forEach(line => say(line));
  closeWith(total);
}

main().catch(error => {
  say(error.stack ?? String(error));
  say('\n0 passed, 1 failed');
  process.exitCode = 1;
});

// `npm run test:model`: random sequences of every command against the service, compared with the model. Ends with
// `N runs, N failed`.
//   node tools/model.mjs [--runs N] [--seed N] [--path P] [--database sqlite|postgres]
//   --runs N   300 by default
//   --seed N   the same runs again; with --path, as it was reported, one of them
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { show } from './processes.mjs';
import { fail, say, step } from './terminal.mjs';
import { root, toolchainEnvironment } from './toolchain.mjs';

const DATABASES = { sqlite: 'SQLITE_3', postgres: 'POSTGRES_15' };

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string', default: '' },
    database: { type: 'string', default: 'sqlite' },
  },
});

async function main() {
  const database = DATABASES[options.database];
  if (!database) fail(`No such database: ${options.database}`);
  const env = {
    ...toolchainEnvironment(),
    CI: 'true',
    BACKSTAGE_TEST_DISABLE_DOCKER: '1',
  };
  await step('Installed', () => install(env));
  const postgres =
    options.database === 'postgres'
      ? await startPostgres(env)
      : { env, stop: async () => undefined };
  if (postgres.problem) fail(`There is no PostgreSQL: ${postgres.problem}`);
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-model-'));
  const report = join(folder, 'report.jsonl');
  say(`seed ${options.seed}`);
  try {
    const code = await show(
      'backstage-cli',
      [
        'package',
        'test',
        '--maxWorkers=1',
        '--testNamePattern',
        `on ${database}`,
        'src/model/model',
      ],
      {
        cwd: join(root, 'plugins/konstellation-backend'),
        env: {
          ...postgres.env,
          NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
          KONSTELLATION_MODEL_RUNS: options.runs,
          KONSTELLATION_MODEL_SEED: options.seed,
          KONSTELLATION_MODEL_PATH: options.path,
          KONSTELLATION_MODEL_REPORT: report,
        },
      },
    );
    const outcomes = existsSync(report)
      ? readFileSync(report, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map(line => JSON.parse(line))
      : [];
    const runs = outcomes.reduce((sum, outcome) => sum + outcome.runs, 0);
    say(`\n${runs} runs, ${code === 0 ? 0 : 1} failed`);
    process.exitCode = code === 0 && runs > 0 ? 0 : 1;
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch(error => fail(error.stack ?? String(error)));

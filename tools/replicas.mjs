// `npm run test:replicas`: two portals on one PostgreSQL, one of them killed every few seconds while a script drives the lifecycle.
//   node tools/replicas.mjs [--seconds N] [--seed N]
import { parseArgs } from 'node:util';
import { backendTests, testEnvironment } from './backendTests.mjs';
import { install } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { show } from './processes.mjs';
import { fail, step } from './terminal.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});

async function main() {
  const env = testEnvironment();
  await step('Installed', () => install(env));
  const postgres = await startPostgres(env);
  if (postgres.problem) fail(`There is no PostgreSQL: ${postgres.problem}`);
  try {
    process.exitCode = await show(
      ...backendTests({
        paths: ['src/replicas'],
        env: {
          ...postgres.env,
          KONSTELLATION_REPLICAS_SECONDS: options.seconds,
          KONSTELLATION_REPLICAS_SEED: options.seed,
        },
      }),
    );
  } finally {
    await postgres.stop();
  }
}

main().catch(error => fail(error.stack ?? String(error)));

// `npm run test:replicas`: two portals on one PostgreSQL, one of them killed every few seconds while a script drives the lifecycle.
//   node tools/replicas.mjs [--seconds N] [--seed N]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { show } from './processes.mjs';
import { fail, step } from './terminal.mjs';
import { root, toolchainEnvironment } from './toolchain.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});

async function main() {
  const env = {
    ...toolchainEnvironment(),
    CI: 'true',
    BACKSTAGE_TEST_DISABLE_DOCKER: '1',
  };
  await step('Installed', () => install(env));
  const postgres = await startPostgres(env);
  if (postgres.problem) fail(`There is no PostgreSQL: ${postgres.problem}`);
  try {
    process.exitCode = await show(
      'backstage-cli',
      ['package', 'test', '--maxWorkers=1', 'src/replicas'],
      {
        cwd: join(root, 'plugins/konstellation-backend'),
        env: {
          ...postgres.env,
          NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
          KONSTELLATION_REPLICAS_SECONDS: options.seconds,
          KONSTELLATION_REPLICAS_SEED: options.seed,
        },
      },
    );
  } finally {
    await postgres.stop();
  }
}

main().catch(error => fail(error.stack ?? String(error)));

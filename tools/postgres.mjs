// PostgreSQL 15 for tests: the one an environment variable names, else one of this machine, else Debian's packages; started in a
// folder of its own and gone afterwards.
//   node tools/postgres.mjs COMMAND ...   runs a command with it, e.g. `node tools/postgres.mjs node tools/run.mjs yarn …`
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startKept } from './kept.mjs';
import { downloadPackages, findPostgres } from './postgres-binaries.mjs';
import { show } from './processes.mjs';
import { fail, say, step } from './terminal.mjs';
import { root } from './toolchain.mjs';

/** The variable Backstage's TestDatabases reads. */
export const CONNECTION_VARIABLE =
  'BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING';

/** As long as the server may take for all it does before it answers. */
const ANSWER_MILLIS = 240_000;

/**
 * Starts a server, and ends it with this process at the latest.
 *
 * @param options.host - address it listens at, the loopback by default
 * @param options.certificate - files `{ cert, key }`, with which it also speaks TLS
 * @param options.wrap - what makes of a command line one that runs elsewhere
 * @returns `{ url, version, folder, stop }`
 * @throws an Error that says why there is none
 */
export async function startPostgresServer({
  host,
  certificate,
  wrap = command => command,
} = {}) {
  const found = findPostgres();
  const source = found
    ? { found }
    : await step('Got PostgreSQL 15 from the packages of Debian', async () => ({
        packages: await downloadPackages(),
      }));
  return step('Started PostgreSQL 15', async () => {
    const options = JSON.stringify({ ...source, host, certificate });
    const { answer, stop } = await startKept(
      'PostgreSQL',
      wrap([
        process.execPath,
        join(root, 'tools/postgres-server.mjs'),
        options,
      ]),
      ANSWER_MILLIS,
    );
    return { ...answer, stop };
  });
}

/**
 * Gives commands a PostgreSQL 15.
 * @param env - environment of the commands
 * @returns `{ env, title, problem, stop }`: the environment with the database in it, and its name for people; where it cannot be
 * had, the environment as it is and a sentence that says why
 */
export async function startPostgres(env) {
  if (env[CONNECTION_VARIABLE]) {
    return {
      env,
      title: `PostgreSQL 15 of ${CONNECTION_VARIABLE}`,
      stop: async () => undefined,
    };
  }
  try {
    const server = await startPostgresServer();
    return {
      env: { ...env, [CONNECTION_VARIABLE]: server.url },
      title: `PostgreSQL ${server.version} (${server.folder})`,
      stop: server.stop,
    };
  } catch (error) {
    say(`  ${error.message}`);
    return { env, problem: error.message, stop: async () => undefined };
  }
}

async function main() {
  const [command, ...args] = process.argv.slice(2);
  if (!command) fail('Say what to run: node tools/postgres.mjs COMMAND …');
  const postgres = await startPostgres(process.env);
  try {
    if (postgres.problem) throw new Error('There is no PostgreSQL 15 here.');
    process.exitCode = await show(command, args, { env: postgres.env });
  } finally {
    await postgres.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch(error => fail(error.message));
}

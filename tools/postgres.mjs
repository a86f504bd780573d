// PostgreSQL 15 for tests: the one an environment variable names, else one of this machine, else Debian's packages; started in a
// folder of its own and gone afterwards.
//   node tools/postgres.mjs COMMAND ...   runs a command with it, e.g. `node tools/postgres.mjs node tools/run.mjs yarn …`
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { downloadPackages, findPostgres } from './postgres-binaries.mjs';
import { show } from './processes.mjs';
import { fail, say, step } from './terminal.mjs';
import { root } from './toolchain.mjs';

/** The variable Backstage's TestDatabases reads. */
export const CONNECTION_VARIABLE =
  'BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING';

/** As long as the server may take for all it does before it answers. */
const ANSWER_MILLIS = 240_000;
const END_MILLIS = 20_000;

/**
 * Starts a server, and ends it with this process at the latest.
 * @param source - `{ found }` or `{ packages }`
 * @returns `{ url, version, folder, stop }`
 */
async function startServer(source) {
  const child = spawn(
    process.execPath,
    [join(root, 'tools/postgres-server.mjs'), JSON.stringify(source)],
    // A group of its own: Ctrl-C reaches it through its standard input, which closes.
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit');
  async function stop() {
    child.stdin.end();
    const ended = await Promise.race([
      exited.then(() => true),
      sleep(END_MILLIS, false, { ref: false }),
    ]);
    if (!ended) say(`PostgreSQL did not end; its process is ${child.pid}.`);
  }
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = await Promise.race([
    lines.next(),
    sleep(ANSWER_MILLIS, {}, { ref: false }),
  ]);
  const answer = line.value
    ? JSON.parse(line.value)
    : { problem: 'PostgreSQL did not start in time' };
  if (!answer.problem) return { ...answer, stop };
  await stop();
  throw new Error(answer.problem);
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
    const found = findPostgres();
    const source = found
      ? { found }
      : await step(
          'Got PostgreSQL 15 from the packages of Debian',
          async () => ({
            packages: await downloadPackages(),
          }),
        );
    const server = await step('Started PostgreSQL 15', () =>
      startServer(source),
    );
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

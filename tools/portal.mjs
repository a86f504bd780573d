// Starts and ends a portal of its own: the backend, which serves the pages and plays the embedded cluster.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtSchemaEnvironment } from './build.mjs';
import { nodeBinary, root } from './toolchain.mjs';

export const DEFAULT_PORTS = { portal: 7007, front: 7080, app: 7070 };

const READY_WITHIN_MILLIS = 120_000;
const END_WITHIN_MILLIS = 20_000;

/** @returns a sentence when python3 cannot run the example's nodes */
export function pythonProblem() {
  const { status, stdout } = spawnSync(
    'python3',
    ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    return 'python3 was not found: the nodes of a solution run on it. Install Python 3.7 or newer and try again.';
  }
  const [major, minor] = stdout.trim().split('.').map(Number);
  if (major === 3 && minor >= 7) return undefined;
  return `python3 is ${stdout.trim()}: the nodes of a solution need Python 3.7 or newer.`;
}

/** @returns whether something on this machine answers on the port */
export function isPortTaken(port) {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}

/** @returns whether a portal with Konstellation answers there */
export async function isPortalReady(baseUrl) {
  // Of one plugin and of all: until the last has started, pages are answered with an error.
  return (
    (await answers(`${baseUrl}/.backstage/health/v1/readiness`)) &&
    (await answers(`${baseUrl}/api/konstellation/openapi.json`))
  );
}

/** Settings that differ from app-config.yaml, as the environment variables Backstage reads them from. */
function overrides({ ports, stateDirectory }) {
  const baseUrl = `http://localhost:${ports.portal}`;
  const settings = {
    app_baseUrl: baseUrl,
    backend_baseUrl: baseUrl,
    backend_listen_port: ports.portal,
    backend_database_connection_directory: join(stateDirectory, 'database'),
    konstellation_packages_directory: join(stateDirectory, 'packages'),
    konstellation_embedded_directory: join(stateDirectory, 'embedded'),
    konstellation_embedded_front_port: ports.front,
    konstellation_example_origins: [`http://localhost:${ports.app}`],
  };
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      `APP_CONFIG_${key}`,
      JSON.stringify(value),
    ]),
  );
}

function lastLines(file, count) {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-count)
    .join('\n');
}

/**
 * Starts a portal and waits until it answers.
 *
 * @param options.env - environment with the toolchain first on PATH
 * @param options.ports - `{ portal, front, app }`
 * @param options.stateDirectory - where database, packages and embedded cluster keep their state
 * @param options.configFiles - read over app-config.yaml, and without app-config.local.yaml
 * @param options.verbose - shows the log instead of writing it to `<stateDirectory>/portal.log`
 * @returns `{ baseUrl, pid, exited, stop }`; `exited` resolves when the process is gone
 * @throws an Error with the end of the log when the portal does not come up
 */
export async function startPortal({
  env,
  ports = DEFAULT_PORTS,
  stateDirectory = join(root, '.konstellation'),
  configFiles = [],
  verbose = false,
}) {
  mkdirSync(stateDirectory, { recursive: true });
  const logFile = join(stateDirectory, 'portal.log');
  const child = spawn(
    nodeBinary(),
    [
      '--require',
      join(root, 'node_modules/@backstage/cli/config/nodeTransform.cjs'),
      join(root, 'packages/backend/src/index.ts'),
      // Without any, Backstage finds what there is.
      ...(configFiles.length > 0
        ? ['app-config.yaml', ...configFiles]
        : []
      ).flatMap(file => ['--config', file]),
    ],
    {
      cwd: root,
      // A group of its own: Ctrl-C in the terminal reaches the portal once, through us, in order.
      detached: true,
      stdio: [
        'ignore',
        verbose ? 'inherit' : 'pipe',
        verbose ? 'inherit' : 'pipe',
        'ipc',
      ],
      env: {
        NODE_ENV: 'development',
        NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'),
        ...builtSchemaEnvironment,
        ...env,
        ...overrides({ ports, stateDirectory }),
      },
    },
  );
  if (!verbose) {
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
  }
  let exit;
  const exited = new Promise(resolve => {
    child.once('error', error => resolve((exit = error.message)));
    child.once('exit', (code, signal) =>
      resolve((exit = signal ?? `exit code ${code}`)),
    );
  });

  async function stop() {
    if (exit !== undefined) return;
    child.kill('SIGTERM');
    const ended = await Promise.race([
      exited.then(() => true),
      sleep(END_WITHIN_MILLIS, false, { ref: false }),
    ]);
    if (!ended) child.kill('SIGKILL');
    await exited;
  }

  const baseUrl = `http://localhost:${ports.portal}`;
  const deadline = Date.now() + READY_WITHIN_MILLIS;
  while (!(await isPortalReady(baseUrl))) {
    if (exit !== undefined || Date.now() > deadline) {
      const what =
        exit === undefined
          ? `did not answer within ${READY_WITHIN_MILLIS / 1000} s`
          : `ended with ${exit}`;
      await stop();
      throw new Error(
        `The portal ${what}.${
          verbose ? '' : ` The end of its log:\n${lastLines(logFile, 25)}`
        }`,
      );
    }
    await sleep(100);
  }
  return { baseUrl, pid: child.pid, exited, stop };
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

// eslint-disable-next-line no-restricted-syntax -- a test, which is never built
const here = resolve(__dirname, '../..');
/** The tool as one file. */
export const bundle = join(here, 'dist/krt.cjs');
let isBuilt = false;

/** The tool as it ships, and what it runs. */
export function buildKrt(): void {
  if (isBuilt) return;
  const tool = join(here, '../../tools/build.mjs');
  execFileSync(
    process.execPath,
    [tool, 'krt-cli', 'runner-entrypoint', 'runner-node'],
    { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  isBuilt = existsSync(bundle);
}

export interface Ran {
  code: number | null;
  out: string;
  err: string;
  /** The one JSON document on stdout. */
  json: () => any;
}

/** Runs the tool as a process of its own. */
export async function krt(
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    input?: string | Buffer;
    signal?: AbortSignal;
  } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [bundle, ...args], {
    cwd: options.cwd,
    env: {
      PATH: process.env.PATH,
      HOME: options.cwd ?? here,
      NO_COLOR: '1',
      ...options.env,
    },
    signal: options.signal,
    killSignal: 'SIGKILL',
  });
  let out = '';
  let err = '';
  child.stdout.on('data', data => {
    out += data;
  });
  child.stderr.on('data', data => {
    err += data;
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);
  const [code] = await once(child, 'close');
  return { code, out, err, json: () => JSON.parse(out) };
}

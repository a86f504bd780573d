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
  const child = spawn(process.execPath, ['--', bundle, ...args], {
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

/** Runs a command on a terminal of its own; what is typed there comes on stdin, what is shown on stdout. */
const ON_TERMINAL = `
import os, pty, sys
wide = ['sh', '-c', 'stty cols 200; exec "$@"', 'sh']
sys.exit(os.waitstatus_to_exitcode(pty.spawn(wide + sys.argv[1:])))
`;
const ON_TERMINAL_MILLIS = 60_000;

/**
 * Runs the tool on a terminal.
 * @param answers - what is typed once the text before it has been shown, one after the other
 */
export async function krtOnTerminal(
  args: readonly string[],
  options: {
    cwd: string;
    env: Record<string, string>;
    answers: ReadonlyArray<readonly [shown: string, typed: string]>;
  },
): Promise<{ code: number | null; shown: string }> {
  const child = spawn(
    'python3',
    ['-c', ON_TERMINAL, process.execPath, '--', bundle, ...args],
    {
      cwd: options.cwd,
      env: {
        PATH: process.env.PATH,
        HOME: options.cwd,
        NO_COLOR: '1',
        TERM: 'xterm',
        ...options.env,
      },
      // Where it never shows what is waited for.
      timeout: ON_TERMINAL_MILLIS,
    },
  );
  const waiting = [...options.answers];
  let shown = '';
  let answered = 0;
  child.stdout.on('data', data => {
    shown += data;
    const [next] = waiting;
    if (!next || !shown.slice(answered).includes(next[0])) return;
    answered = shown.length;
    waiting.shift();
    child.stdin.write(next[1]);
  });
  child.stderr.resume();
  const [code] = await once(child, 'close');
  return { code, shown };
}

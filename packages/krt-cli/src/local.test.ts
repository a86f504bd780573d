/** @jest-environment node */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildKrt, bundle, krt } from './__testUtils__/krt';

jest.setTimeout(120_000);

let folder: string;
let temporary: string;
beforeAll(buildKrt);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'krt-local-'));
  temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  await krt(['init', 'g', '-y'], { cwd: folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => ({ TMPDIR: temporary });
const run = (...args: string[]) =>
  krt(['test', 'g', ...args], { cwd: folder, env: environment() });
const write = (handler: string) =>
  writeFileSync(join(folder, 'g/src/greeter.py'), handler);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a handler that fails', () => {
  it('ends with 1, the node and what it wrote', async () => {
    write(
      'def handler(ctx, data):\n    print("looking")\n    return {"greeting": data["nam"]}\n',
    );
    const { code, out } = await run();
    expect(code).toBe(1);
    expect(out).toMatch(/✗ greeting/);
    expect(out).toMatch(/greeter.*KeyError/);
    expect(out).toContain('looking');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('ends with 1 where its process is gone, and never speaks of a portal', async () => {
    write('import os\n\ndef handler(ctx, data):\n    os._exit(7)\n');
    const { code, out, err } = await run();
    expect(code).toBe(1);
    expect(out + err).toContain('greeter');
    expect(out + err).not.toContain('portal');
  });

  it('ends with 1 where it takes too long', async () => {
    write('import time\n\ndef handler(ctx, data):\n    time.sleep(60)\n');
    const { code, out, err } = await run('--timeout', '3');
    expect(code).toBe(1);
    expect(out + err).toMatch(/greeter/);
    expect(out + err).not.toContain('portal');
  });
});

it('cannot write over what the terminal shows', async () => {
  write(
    'def handler(ctx, data):\n    print("\\x1b[2Kgone")\n    return {"greeting": "x"}\n',
  );
  const { out } = await run('--logs');
  expect(out).toContain('[2Kgone');
  expect(out).not.toContain('\u001b');
});

it('refuses an image that no runner here plays, and names the node', async () => {
  const manifest = join(folder, 'g/krt.yml');
  writeFileSync(
    manifest,
    readFileSync(manifest, 'utf8').replace(
      'konstellation/python:0.1.0',
      'example/own:1',
    ),
  );
  const { code, err } = await run();
  expect(code).toBe(1);
  expect(err).toContain('the node "greeter" runs the image "example/own:1"');
});

it('hands over values of files, the long ones as files alone', async () => {
  const manifest = join(folder, 'g/krt.yml');
  writeFileSync(
    manifest,
    `${readFileSync(
      manifest,
      'utf8',
    )}config:\n  variables: [TONE]\n  files: [LONG]\n`,
  );
  write(
    [
      'import os',
      'def handler(ctx, data):',
      '    size = os.path.getsize(os.path.join(os.environ["KRT_CONFIG_DIR"], "LONG"))',
      '    return {"greeting": f"{os.environ[\'TONE\']} {size} {\'LONG\' in os.environ}"}',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'long.txt'), 'x'.repeat(200 * 1024));
  const { json } = await run(
    '--config',
    'TONE=warm',
    '--config-file',
    'LONG=long.txt',
    '--json',
  );
  expect(json().calls[0].body).toEqual({ greeting: 'warm 204800 False' });
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('on %s ends all it started', async (signal, exitCode) => {
  const pidFile = join(folder, 'pid');
  write(
    [
      'import os, subprocess, time',
      'def handler(ctx, data):',
      '    child = subprocess.Popen(["sleep", "600"])',
      `    with open(${JSON.stringify(`${pidFile}.part`)}, "w") as file:`,
      '        file.write(f"{os.getpid()} {child.pid}")',
      `    os.rename(${JSON.stringify(`${pidFile}.part`)}, ${JSON.stringify(
        pidFile,
      )})`,
      '    time.sleep(600)',
    ].join('\n'),
  );
  const child = spawn(process.execPath, [bundle, 'test', 'g'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...environment() },
    stdio: 'ignore',
  });
  const ended = once(child, 'close');
  while (!existsSync(pidFile)) await pause(50);
  const pids = readFileSync(pidFile, 'utf8').split(' ').map(Number);
  expect(pids.every(isAlive)).toBe(true);
  child.kill(signal);
  expect(await ended).toEqual([exitCode, null]);
  while (pids.some(isAlive)) await pause(50);
  expect(readdirSync(temporary)).toEqual([]);
});

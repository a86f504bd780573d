/** @jest-environment node */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { S3Server } from '../__testUtils__/S3Server';
import { quietLogger } from '../__testUtils__/quietLogger';
import { testKrt } from '../__testUtils__/startApi';
import { until } from '../__testUtils__/until';
import { FileSystemPackageStore } from './FileSystemPackageStore';
import { PackageServer } from './packageServer';
import { S3PackageStore } from './S3PackageStore';

// Two processes load their sources.
jest.setTimeout(120_000);

const TOKEN = 'token-of-the-start';
const ROOT = join(__dirname, '../../../..');

let folder: string;
let krt: Buffer;
let digest: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  krt = await testKrt('v1', [
    { path: 'models/weights.bin', content: randomBytes(24 * 1024 * 1024) },
  ]);
  digest = `sha256:${createHash('sha256').update(krt).digest('hex')}`;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'delivery-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  rmSync(folder, { recursive: true, force: true });
});

function run(source: string, env: Record<string, string>): ChildProcess {
  const transform = require.resolve('@backstage/cli/config/nodeTransform.cjs');
  const child = spawn(process.execPath, ['--require', transform, source], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  return child;
}

/** As a machine that loses power does it. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** What it has written so far. */
function outputOf(child: ChildProcess): () => string {
  let output = '';
  const add = (text: Buffer) => {
    output += text.toString();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => output;
}

/** krt-fetch, and what becomes of it. */
function fetchInto(directory: string, url: string) {
  const child = run(join(ROOT, 'runners/krt-fetch/src/main.ts'), {
    KRT_PACKAGE_URL: url,
    KRT_PACKAGE_DIGEST: digest,
    KRT_PACKAGE_TOKEN: TOKEN,
    KRT_PACKAGE_DIR: directory,
  });
  const output = outputOf(child);
  const ended = once(child, 'close').then(([code]) => ({
    code,
    output: output(),
  }));
  return { ended, output };
}

describe('a package on its way to a pod', () => {
  it('goes on when the portal is killed in the middle and comes back', async () => {
    const store = await FileSystemPackageStore.create(join(folder, 'store'), {
      isShared: false,
    });
    const staged = await store.stage(Readable.from([krt]));
    await staged.commit(digest);
    const serve = (env: Record<string, string>) =>
      run(join(__dirname, '__testUtils__/packageServerProcess.ts'), {
        FOLDER: join(folder, 'store'),
        TOKEN,
        ...env,
      });
    const first = serve({ STAND_STILL_AT: String(12 * 1024 * 1024) });
    const said = outputOf(first);
    const base = await until(() => /^http.*(?=\n)/.exec(said())?.[0]);
    const directory = join(folder, 'volume/package');
    const fetching = fetchInto(directory, `${base}${digest}`);
    await until(() => said().includes('stands still'));
    const received = await until(() => {
      const [work] = existsSync(join(folder, 'volume'))
        ? readdirSync(join(folder, 'volume'))
        : [];
      const file = join(folder, 'volume', work ?? '', 'package.krt');
      const size = work && existsSync(file) ? statSync(file).size : 0;
      return size > 4 * 1024 * 1024 && size;
    });
    expect(received).toBeLessThan(krt.length);
    await kill(first);
    await until(() => fetching.output().includes('trying again'));
    const second = outputOf(serve({ PORT: new URL(base).port }));

    const { code, output } = await fetching.ended;
    expect(output).toContain(`unpacked ${digest}`);
    expect(code).toBe(0);
    const from = /from (\d+)/.exec(second())?.[1];
    expect(Number(from)).toBeGreaterThanOrEqual(received);
    expect(readdirSync(directory)).toContain('krt.yml');
    expect(readdirSync(join(folder, 'volume'))).toEqual(['package']);
  });

  it('comes from the object store where the portal sends there', async () => {
    const s3 = await S3Server.start();
    const store = await S3PackageStore.create(s3.options);
    const staged = await store.stage(Readable.from([krt]));
    await staged.commit(digest);
    const server = await PackageServer.listen({
      host: '127.0.0.1',
      port: 0,
      store,
      tokensOf: async () => [TOKEN],
      maxDownloads: 1,
      logger: quietLogger([]),
    });
    try {
      const directory = join(folder, 'volume/package');
      const { ended } = fetchInto(directory, server.url(digest));
      expect(await ended).toMatchObject({ code: 0 });
      expect(readdirSync(directory)).toContain('krt.yml');
      expect(s3.presigned).toHaveLength(1);
      expect(s3.presigned[0]?.headers.authorization).toBeUndefined();
    } finally {
      await server.close();
      await s3.stop();
    }
  });
});

/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedClusterClient } from '@konstellation/backstage-plugin-konstellation-backend-module-embedded';
import { S3Server } from '../__testUtils__/S3Server';
import { startApi, testKrt } from '../__testUtils__/startApi';
import { until } from '../__testUtils__/until';

// Everything begins from its sources: krt-fetch, pip, the runner of the node and the entrypoint.
jest.setTimeout(180_000);
const PATIENCE = 80_000;

const RUNNERS = join(__dirname, '../../../../runners');
const folder = mkdtempSync(join(tmpdir(), 'package-start-'));
const wheels = join(folder, 'wheels');
let s3: S3Server;
let portal: Awaited<ReturnType<typeof startApi>>;

function fromSource(runner: string): string[] {
  const transform = require.resolve('@backstage/cli/config/nodeTransform.cjs');
  const source = join(RUNNERS, runner, 'src/main.ts');
  return [process.execPath, '--require', transform, source];
}

beforeAll(async () => {
  mkdirSync(wheels);
  const make =
    'import sys; from tests.wheels import write_wheel; write_wheel(sys.argv[1], "greeting", "1.0", "")';
  execFileSync('python3', ['-c', make, wheels], {
    cwd: join(RUNNERS, 'python'),
  });
  s3 = await S3Server.start();
  portal = await startApi({
    directory: folder,
    cluster: await EmbeddedClusterClient.create({
      directory: join(folder, 'cluster'),
      frontPort: 0,
      images: [
        {
          match: '*konstellation/krt-fetch:*',
          command: fromSource('krt-fetch'),
        },
        {
          match: '*konstellation/entrypoint:*',
          command: fromSource('entrypoint'),
        },
        {
          match: '*konstellation/python:*',
          command: ['python3', join(RUNNERS, 'python/krt_runner')],
        },
      ],
      backoff: { baseMillis: 100, maxMillis: 500 },
    }),
    packages: {
      s3: {
        bucket: 'packages',
        endpoint: s3.endpoint,
        forcePathStyle: true,
        accessKeyId: 'key',
        secretAccessKey: 'secret',
      },
    },
    config: { python: { findLinks: [wheels], noIndex: true } },
  });
  await portal.api
    .post('/api/konstellation/runtimes')
    .send({ id: 'prices', name: 'Prices' })
    .expect(201);
});

afterAll(async () => {
  await portal.stop();
  await s3.stop();
  rmSync(folder, { recursive: true, force: true });
});

const versions = '/api/konstellation/runtimes/prices/versions';

/** Uploads a package with these requirements and starts it. */
async function start(name: string, requirements: string): Promise<void> {
  const krt = await testKrt(
    name,
    [{ path: 'src/requirements.txt', content: Buffer.from(requirements) }],
    { variables: [] },
  );
  const uploaded = await portal.api
    .post(versions)
    .set('content-type', 'application/gzip')
    .send(krt);
  expect(uploaded.body).toMatchObject({ name });
  const started = await portal.api
    .post(`${versions}/${name}/start`)
    .send({ comment: 'try it' });
  expect(started.status).toBe(202);
}

describe('a version with requirements, in an object store', () => {
  it('starts, with its package from the store and its libraries from the index', async () => {
    await start('good', 'greeting==1.0\n');
    await until(async () => {
      const { body } = await portal.api.get(`${versions}/good`);
      return body.status === 'STARTED';
    }, PATIENCE);
    // One for each pod, node and entrypoint.
    expect(s3.presigned).toHaveLength(2);
  });

  it('says at the node what cannot be installed', async () => {
    await start('bad', 'nowhere==1.0\n');
    const reason = await until(async () => {
      const { text } = await portal.api.get(`${versions}/bad/status`);
      return /its requirements could not be installed: [^"]*/.exec(text)?.[0];
    }, PATIENCE);
    expect(reason).toContain('there is no wheel of nowhere==1.0');
  });
});

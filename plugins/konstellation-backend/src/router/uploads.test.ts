import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { packKrt } from '@konstellation/krt';
import { startApi, testKrt } from '../__testUtils__/startApi';

const TUS = { 'tus-resumable': '1.0.0' };

function metadata(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

const digestOf = (krt: Buffer) =>
  `sha256:${createHash('sha256').update(krt).digest('hex')}`;

/** Incompressible, so that the package is large. */
const ballast = (size: number) => [
  { path: 'models/weights.bin', content: randomBytes(size) },
];

describe('uploads in parts', () => {
  let root: string;
  let portal: Awaited<ReturnType<typeof startApi>>;
  const start = () =>
    startApi({
      directory: join(root, 'packages'),
      database: join(root, 'database'),
    });
  const left = (folder: string) =>
    readdirSync(join(root, 'packages', folder)).length;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'konstellation-uploads-'));
    portal = await start();
    await portal.api
      .post('/api/konstellation/runtimes')
      .send({ id: 'prices', name: 'Prices' });
  });
  afterEach(async () => {
    await portal.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const begin = (krt: Buffer, values: Record<string, string> = {}) =>
    portal.api
      .post('/api/konstellation/uploads')
      .set(TUS)
      .set('upload-length', String(krt.length))
      .set('upload-metadata', metadata({ runtime: 'prices', ...values }));
  const url = (location: string) => `/api/konstellation/${location}`;
  const send = (location: string, krt: Buffer, from: number, to: number) =>
    portal.api
      .patch(url(location))
      .set(TUS)
      .set('upload-offset', String(from))
      .set('content-type', 'application/offset+octet-stream')
      .send(krt.subarray(from, to));
  const offsetOf = async (location: string) => {
    const answer = await portal.api.head(url(location)).set(TUS);
    return Number(answer.header['upload-offset']);
  };
  const finish = (location: string, runtime = 'prices') =>
    portal.api
      .post(`/api/konstellation/runtimes/${runtime}/versions`)
      .send({ upload: location.split('/').pop() });

  it('become a version', async () => {
    const krt = await testKrt('v1', ballast(300_000));
    const made = await begin(krt, { digest: digestOf(krt) });
    expect(made.status).toBe(201);
    const { location } = made.header;
    expect(location).toMatch(/^uploads\/[0-9a-f-]{36}$/);
    const first = await send(location, krt, 0, 100_000);
    expect(first.status).toBe(204);
    const early = await finish(location);
    expect(early.status).toBe(409);
    expect(early.body.error.message).toBe(
      `the upload is not complete: 100000 of ${krt.length} bytes are here`,
    );
    await send(location, krt, 100_000, krt.length);
    const version = await finish(location);
    expect(version.status).toBe(201);
    expect(version.body).toMatchObject({
      name: 'v1',
      packageDigest: digestOf(krt),
    });
    const again = await finish(location);
    expect([again.status, again.body.uid]).toEqual([201, version.body.uid]);
    expect(left('uploads')).toBe(0);
  });

  it('go on where they were, however often they and the portal end', async () => {
    const krt = await testKrt('v1', ballast(1_000_000));
    const { location } = (await begin(krt)).header;
    for (let round = 0; round < 10; round++) {
      const offset = await offsetOf(location);
      const next = Math.min(krt.length, offset + 37_000);
      const controller = new AbortController();
      let sent = false;
      // Half of the rounds break in the middle of a request.
      const body =
        round % 2 === 0
          ? new Uint8Array(krt.subarray(offset, next))
          : new ReadableStream<Uint8Array>({
              pull(stream) {
                if (sent) controller.abort();
                else stream.enqueue(new Uint8Array(krt.subarray(offset, next)));
                sent = true;
              },
            });
      await fetch(`${portal.url}/${location}`, {
        method: 'PATCH',
        headers: {
          ...TUS,
          authorization: mockCredentials.user.header(),
          'upload-offset': String(offset),
          'content-type': 'application/offset+octet-stream',
        },
        body,
        duplex: 'half',
        signal: controller.signal,
      } as RequestInit).catch(() => undefined);
      await portal.stop();
      portal = await start();
    }
    const offset = await offsetOf(location);
    expect(offset).toBeGreaterThanOrEqual(5 * 37_000);
    expect(offset).toBeLessThan(krt.length);
    expect((await send(location, krt, offset, krt.length)).status).toBe(204);
    const version = await finish(location);
    expect(version.body.packageDigest).toBe(digestOf(krt));
  }, 120_000);

  it('that are refused leave nothing', async () => {
    const krt = Buffer.from('this is no package at all');
    const { location } = (await begin(krt)).header;
    await send(location, krt, 0, krt.length);
    const answer = await finish(location);
    expect(answer.status).toBe(400);
    expect(answer.body.error.problems).toMatchObject([
      { code: 'archive-gzip' },
    ]);
    expect(left('uploads')).toBe(0);
    expect((await portal.api.head(url(location)).set(TUS)).status).toBe(404);
  });

  it('that arrive otherwise than they were sent are refused', async () => {
    const krt = await testKrt('v1');
    const { location } = (
      await begin(krt, { digest: digestOf(Buffer.from('other')) })
    ).header;
    await send(location, krt, 0, krt.length);
    const answer = await finish(location);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain('is not what was sent');
  });

  it.each([
    ['no runtime', { 'upload-metadata': '' }, 400],
    [
      'an unknown runtime',
      { 'upload-metadata': metadata({ runtime: 'nothing' }) },
      404,
    ],
    ['too many bytes', { 'upload-length': String(6 * 1024 ** 3) }, 400],
    ['no length', { 'upload-length': '', 'upload-defer-length': '1' }, 400],
  ])('cannot begin with %s', async (_, headers, status) => {
    const answer = await portal.api
      .post('/api/konstellation/uploads')
      .set(TUS)
      .set({
        'upload-length': '100',
        'upload-metadata': metadata({ runtime: 'prices' }),
        ...headers,
      });
    expect(answer.status).toBe(status);
  });

  it('belong to who sends them', async () => {
    const krt = await testKrt('v1');
    const { location } = (await begin(krt)).header;
    const other = mockCredentials.user.header('user:default/other');
    const head = await portal.api
      .head(url(location))
      .set(TUS)
      .set('authorization', other);
    expect(head.status).toBe(404);
    const finished = await finish(location).set('authorization', other);
    expect(finished.status).toBe(404);
    const cancelled = await portal.api
      .delete(url(location))
      .set(TUS)
      .set('authorization', other);
    expect(cancelled.status).toBe(404);
    expect(await offsetOf(location)).toBe(0);
  });

  it('can be cancelled', async () => {
    const krt = await testKrt('v1');
    const { location } = (await begin(krt)).header;
    await send(location, krt, 0, 10);
    const answer = await portal.api.delete(url(location)).set(TUS);
    expect(answer.status).toBe(204);
    expect(left('uploads')).toBe(0);
  });

  it('of one name give one version', async () => {
    const packages = await Promise.all(
      [1, 2].map(n => testKrt('v1', ballast(n))),
    );
    const locations: string[] = [];
    for (const krt of packages) {
      const { location } = (await begin(krt)).header;
      await send(location, krt, 0, krt.length);
      locations.push(location);
    }
    const answers = await Promise.all(locations.map(each => finish(each)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(
      answers.find(({ status }) => status === 409)?.body.error.message,
    ).toBe('error version duplicated');
  });

  it('are not needed for a package that is here', async () => {
    const krt = await testKrt('v1');
    const { location } = (await begin(krt)).header;
    await send(location, krt, 0, krt.length);
    await finish(location);
    await portal.api
      .post('/api/konstellation/runtimes')
      .send({ id: 'others', name: 'Others' });
    const offer = (packageDigest: string) =>
      portal.api
        .post('/api/konstellation/runtimes/others/versions')
        .send({ packageDigest });
    const unknown = await offer(`sha256:${'0'.repeat(64)}`);
    expect(unknown.status).toBe(404);
    const made = await offer(digestOf(krt));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ runtime: 'others', name: 'v1' });
    expect((await offer(digestOf(krt))).status).toBe(409);
    expect((await offer('sha256:abc')).status).toBe(400);
  });

  it('are taken of branching packages, whose start is refused', async () => {
    const krt = Buffer.from(
      await packKrt([
        {
          path: 'krt.yml',
          content: Buffer.from(`krtVersion: v2
version: mail-v1
description: Sorts mail
entrypoint: { proto: public_input.proto, image: "konstellation/entrypoint:0.1.0" }
workflows:
  - name: sort
    entrypoint: Sort
    exitpoint: out
    nodes:
      - { name: out, image: "konstellation/python:0.1.0", src: src/out.py, subscriptions: [entrypoint] }
`),
        },
        {
          path: 'public_input.proto',
          content: Buffer.from(
            'syntax = "proto3"; message A {} service S { rpc Sort (A) returns (A); }',
          ),
        },
        { path: 'src/out.py', content: Buffer.from('') },
      ]),
    );
    const { location } = (await begin(krt)).header;
    await send(location, krt, 0, krt.length);
    const version = await finish(location);
    expect(version.status).toBe(201);
    expect(version.body.commands.start).toEqual({
      allowed: false,
      reason: 'workflow format v2 cannot run yet',
    });
    const path = '/api/konstellation/runtimes/prices/versions/mail-v1';
    const refused = await portal.api
      .post(`${path}/start`)
      .send({ comment: 'go' });
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      'workflow format v2 cannot run yet',
    ]);
    const status = await portal.api.get(`${path}/status`);
    expect(status.body.workflows[0].edges).toEqual([
      { from: 'entrypoint', to: 'out' },
      { from: 'out', to: 'exit' },
    ]);
  });
});

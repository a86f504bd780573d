/** @jest-environment node */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { quietLogger } from '../__testUtils__/quietLogger';
import { S3Server } from '../__testUtils__/S3Server';
import { until } from '../__testUtils__/until';
import { FileSystemPackageStore } from './FileSystemPackageStore';
import { PackageServer, type PackageServerOptions } from './packageServer';
import type { PackageStore } from './PackageStore';
import { S3PackageStore } from './S3PackageStore';

jest.setTimeout(60_000);

const TOKEN = 'token-of-the-start';
const small = randomBytes(1_000);
/** More than the kernel keeps for a reader that does not read. */
const large = randomBytes(64 * 1024 * 1024);
const digestOf = (bytes: Uint8Array) =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const authorization = `Bearer ${TOKEN}`;

const folder = mkdtempSync(join(tmpdir(), 'package-server-'));
let store: FileSystemPackageStore;
let server: PackageServer | undefined;
const sockets: Socket[] = [];

beforeAll(async () => {
  store = await FileSystemPackageStore.create(folder, { isShared: false });
  for (const bytes of [small, large]) {
    const staged = await store.stage(Readable.from([bytes]));
    await staged.commit(digestOf(bytes));
  }
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listen(
  options: Partial<PackageServerOptions> = {},
): Promise<PackageServer> {
  server = await PackageServer.listen({
    host: '127.0.0.1',
    port: 0,
    store,
    tokensOf: async () => ['of-another-start', TOKEN],
    maxDownloads: 2,
    logger: quietLogger([]),
    ...options,
  });
  return server;
}

/** Asks for a package and reads no more than the first bytes of the answer. */
async function beginReading(url: string): Promise<Socket> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nhost: portal\r\nauthorization: ${authorization}\r\n\r\n`,
  );
  await new Promise<void>(resolve => {
    socket.once('data', () => {
      socket.pause();
      resolve();
    });
  });
  return socket;
}

/** The package, once there is a place for it. */
function served(url: string): Promise<ArrayBuffer> {
  return until(async () => {
    const answer = await fetch(url, { headers: { authorization } });
    if (answer.status === 200) return answer.arrayBuffer();
    await answer.body?.cancel();
    return undefined;
  });
}

describe('the package port', () => {
  it('serves packages whole and from a byte on', async () => {
    const url = (await listen()).url(digestOf(small));
    const get = (headers: HeadersInit, method = 'GET') =>
      fetch(url, {
        method,
        headers: [...new Headers(headers), ['authorization', authorization]],
      });

    const whole = await get({});
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '1000',
      etag: `"${digestOf(small)}"`,
    });
    expect(Buffer.from(await whole.arrayBuffer()).equals(small)).toBe(true);

    const unchanged: Array<[string, string]> = [
      ['if-range', `"${digestOf(small)}"`],
    ];
    for (const condition of [[], unchanged]) {
      const part = await get([['range', 'bytes=900-'], ...condition]);
      expect(part.status).toBe(206);
      expect(part.headers.get('content-range')).toBe('bytes 900-999/1000');
      expect(
        Buffer.from(await part.arrayBuffer()).equals(small.subarray(900)),
      ).toBe(true);
    }
    // Another package was begun, or it is asked in a way that is not served.
    const others: HeadersInit[] = [
      { range: 'bytes=900-', 'if-range': '"another"' },
      { range: 'bytes=-100' },
      { range: 'bytes=1-2,4-5' },
    ];
    for (const headers of others) {
      const all = await get(headers);
      expect(all.status).toBe(200);
      expect((await all.arrayBuffer()).byteLength).toBe(1_000);
    }
    const beyond = await get({ range: 'bytes=1000-' });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe('bytes */1000');

    const head = await get({ range: 'bytes=900-' }, 'HEAD');
    expect(head.status).toBe(206);
    expect(head.headers.get('content-length')).toBe('100');
    expect(await head.text()).toBe('');
  });

  it.each<[number, string, RequestInit, string]>([
    [403, 'without a token', {}, digestOf(small)],
    [
      403,
      'with another token',
      { headers: { authorization: 'Bearer another' } },
      digestOf(small),
    ],
    [404, 'for what is no digest', { headers: { authorization } }, 'sha256:ab'],
    [
      404,
      'for a path',
      { headers: { authorization } },
      '..%2f..%2fetc%2fpasswd',
    ],
    [
      404,
      'for a package that is not stored',
      { headers: { authorization } },
      `sha256:${'0'.repeat(64)}`,
    ],
    [
      405,
      'for a write',
      { method: 'PUT', body: 'bytes', headers: { authorization } },
      digestOf(small),
    ],
  ])('answers %s %s', async (status, _, request, digest) => {
    const url = (await listen()).url(digest);
    const answer = await fetch(url, request);
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toContain(TOKEN);
  });

  it('serves so many at once, and tells others when to come again', async () => {
    const url = (await listen()).url(digestOf(large));
    const readers = [await beginReading(url), await beginReading(url)];
    const refused = await fetch(url, { headers: { authorization } });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    readers[0]?.destroy();
    expect((await served(url)).byteLength).toBe(large.length);
  });

  it('cuts readers that do not read, and gives their place to others', async () => {
    const url = (
      await listen({ maxDownloads: 1, pace: { millis: 300, bytes: 64 * 1024 } })
    ).url(digestOf(large));
    const reader = await beginReading(url);
    const cut = new Promise(resolve => {
      reader.once('close', resolve);
    });
    expect((await served(url)).byteLength).toBe(large.length);
    reader.resume();
    await cut;
    expect(reader.bytesRead).toBeLessThan(large.length);
  });

  it('lets downloads end when it closes', async () => {
    const url = (await listen({ closeMillis: 30_000 })).url(digestOf(large));
    const reader = await beginReading(url);
    const closed = server?.close();
    server = undefined;
    const read = new Promise(resolve => {
      reader.once('close', resolve);
    });
    reader.resume();
    await closed;
    await read;
    expect(reader.bytesRead).toBeGreaterThan(large.length);
  });

  it('cuts those that take longer', async () => {
    const url = (await listen({ closeMillis: 200 })).url(digestOf(large));
    const reader = await beginReading(url);
    await server?.close();
    server = undefined;
    const cut = new Promise(resolve => {
      reader.once('close', resolve);
    });
    reader.resume();
    await cut;
    expect(reader.bytesRead).toBeLessThan(large.length);
  });
});

describe('the package port before an object store', () => {
  let s3: S3Server;
  let objects: PackageStore;
  beforeAll(async () => {
    s3 = await S3Server.start();
    objects = await S3PackageStore.create(s3.options);
    const staged = await objects.stage(Readable.from([small]));
    await staged.commit(digestOf(small));
  });
  afterAll(() => s3.stop());

  it('sends there, with a URL that is signed for this request', async () => {
    const url = (await listen({ store: objects })).url(digestOf(small));
    const answer = await fetch(url, {
      headers: { authorization },
      redirect: 'manual',
    });
    expect(answer.status).toBe(307);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const location = answer.headers.get('location') ?? '';
    expect(location).toContain(`${s3.endpoint}/packages/sha256/`);
    const stored = await fetch(location);
    expect(Buffer.from(await stored.arrayBuffer()).equals(small)).toBe(true);
  });

  it('tells its URLs to nobody without a token', async () => {
    const url = (await listen({ store: objects })).url(digestOf(small));
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('says itself how large a package is', async () => {
    const url = (await listen({ store: objects })).url(digestOf(small));
    const answer = await fetch(url, {
      method: 'HEAD',
      headers: { authorization },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('1000');
  });
});

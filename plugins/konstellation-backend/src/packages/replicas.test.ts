/** @jest-environment node */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import knexFactory, { type Knex } from 'knex';
import { eachDatabase } from '../__testUtils__/databases';
import { S3Server } from '../__testUtils__/S3Server';
import { testKrt } from '../__testUtils__/startApi';
import { until } from '../__testUtils__/until';
import { UploadLockStore } from '../database/UploadLockStore';
import {
  heldBody,
  startUploadServer,
  tusClient,
  uploadDatabase,
} from './__testUtils__/uploadServer';
import { FileSystemPackageStore } from './FileSystemPackageStore';
import type { PackageStore, UploadBytes } from './PackageStore';
import { S3PackageStore } from './S3PackageStore';

jest.setTimeout(120_000);

const LEASE_MILLIS = 1_500;
const { begin, offset, send } = tusClient;

const digestOf = (bytes: Uint8Array) =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const krt = (size: number) =>
  testKrt('v1', [{ path: 'models/weights.bin', content: randomBytes(size) }]);

/** Which request writes is left to chance, and with it which of them is cut off. */
async function sendSome(
  url: string,
  id: string,
  from: number,
  part: Uint8Array,
  breaks: boolean,
): Promise<void> {
  if (!breaks) {
    await send(url, id, from, part);
    return;
  }
  const { body, push } = heldBody();
  const broken = new AbortController();
  push(part);
  const sent = send(url, id, from, body, broken.signal).catch(() => undefined);
  // Asking where it is makes the writer let go.
  await offset(url, id);
  broken.abort();
  await sent;
}

/** A process of its own that takes uploads. */
async function startHost(settings: {
  database: Knex.Config;
  directory: string;
}) {
  const host = spawn(
    process.execPath,
    [
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
      join(__dirname, '__testUtils__/uploadHost.ts'),
      JSON.stringify({ ...settings, leaseMillis: LEASE_MILLIS }),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [url] = await once(host.stdout, 'data');
  return {
    url: String(url).trim(),
    async kill() {
      host.kill('SIGKILL');
      if (host.exitCode === null && host.signalCode === null) {
        await once(host, 'exit');
      }
    },
  };
}

eachDatabase(({ init, isShared }) => {
  let directory: string;
  let knex: Knex;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'konstellation-replicas-'));
    knex = isShared
      ? await init()
      : knexFactory({
          client: 'better-sqlite3',
          connection: { filename: join(directory, 'database.sqlite') },
          useNullAsDefault: true,
        });
  });
  afterEach(async () => {
    await knex.destroy();
    rmSync(directory, { recursive: true, force: true });
  });

  const folderStore = () =>
    FileSystemPackageStore.create(join(directory, 'packages'), { isShared });

  describe('an upload', () => {
    it('goes on after its process was killed in the middle', async () => {
      const database = await uploadDatabase(knex);
      const locks = new UploadLockStore(database);
      const { uploads } = await folderStore();
      const id = 'the-upload';
      const bytes = await krt(600_000);
      const host = await startHost({
        database: {
          client: knex.client.config.client,
          connection: {
            ...knex.client.config.connection,
            // Hidden from whoever prints it.
            password: knex.client.config.connection.password,
          },
          useNullAsDefault: true,
        },
        directory: join(directory, 'packages'),
      });
      let server;
      try {
        await begin(host.url, id, bytes.length);
        const { body, push } = heldBody();
        push(bytes.subarray(0, 200_000));
        const sent = send(host.url, id, 0, body).catch(() => undefined);
        const file = join(directory, 'packages', 'uploads', id);
        await until(() => statSync(file).size === 200_000);
        await host.kill();
        await sent;
        expect(await knex('upload_locks')).toHaveLength(1);
        // As at every start.
        await locks.endLeases();
        server = await startUploadServer({ database, bytes: uploads });
        const from = await offset(server.url, id);
        expect(from).toBe(200_000);
        const rest = await send(server.url, id, from, bytes.subarray(from));
        expect(rest.status).toBe(204);
        const read = await server.bytes.result(id);
        expect(read.problems).toEqual([]);
        expect(read.digest).toBe(digestOf(bytes));
      } finally {
        await host.kill();
        await server?.close();
      }
    });
  });

  if (!isShared) return;

  let s3: S3Server;
  beforeAll(async () => {
    s3 = await S3Server.start();
  });
  afterAll(() => s3.stop());

  const stores: Array<[string, () => Promise<PackageStore>]> = [
    ['a folder', folderStore],
    ['S3', () => S3PackageStore.create(s3.options)],
  ];
  describe.each(stores)('two replicas over %s', (_name, createStore) => {
    let servers: Array<Awaited<ReturnType<typeof startUploadServer>>>;
    let stored: UploadBytes;

    beforeEach(async () => {
      const database = await uploadDatabase(knex);
      stored = (await createStore()).uploads;
      servers = [];
      for (let replica = 0; replica < 2; replica++) {
        servers.push(
          await startUploadServer({
            database,
            bytes: replica === 0 ? stored : (await createStore()).uploads,
            leaseMillis: LEASE_MILLIS,
          }),
        );
      }
    });
    afterEach(() => Promise.all(servers.map(server => server.close())));

    const urlOf = (replica: number) => servers[replica % 2]?.url ?? '';
    const at = (replica: number) => {
      const server = servers[replica % 2];
      if (!server) throw new Error('there is no such replica');
      return server;
    };
    const bytesAt = (replica: number) => at(replica).bytes;
    const locksAt = (replica: number) => at(replica).locks;

    it('check the whole of an upload that goes from one to the other', async () => {
      const id = `u-${randomBytes(4).toString('hex')}`;
      const bytes = await krt(1_000_000);
      await begin(urlOf(0), id, bytes.length);
      for (let round = 0; ; round++) {
        const from = await offset(urlOf(round + 1), id);
        if (from >= bytes.length) break;
        const part = bytes.subarray(from, from + 60_000);
        // In turns, twice at the same, broken off and whole.
        await sendSome(
          urlOf(Math.floor(round / 3) + round),
          id,
          from,
          part,
          round % 4 === 3,
        );
      }
      for (const replica of [0, 1]) {
        const read = await bytesAt(replica).result(id);
        expect(read.digest).toBe(digestOf(bytes));
        expect(read.problems).toEqual([]);
        expect(read.files.length).toBeGreaterThan(3);
      }
    });

    it('say what is stored of an upload that both are sent at once', async () => {
      const id = `u-${randomBytes(4).toString('hex')}`;
      const size = 400_000;
      // Different bytes, so that it shows who wrote what.
      const contents = [Buffer.alloc(size, 'a'), Buffer.alloc(size, 'b')];
      await begin(urlOf(0), id, size);
      const statuses = new Set<number>();
      for (let round = 0; ; round++) {
        const from = await offset(urlOf(round), id);
        if (from >= size) break;
        const answers = await Promise.all(
          contents.map((content, replica) =>
            send(
              urlOf(replica),
              id,
              from,
              content.subarray(from, from + 100_000),
            ),
          ),
        );
        for (const { status } of answers) statuses.add(status);
        const written = answers.filter(({ status }) => status === 204);
        expect(written.length).toBeLessThanOrEqual(1);
      }
      expect(statuses).toContain(204);
      expect(statuses).toContain(409);
      const bytes = await bytesOf(await stored.read(id));
      expect(bytes.length).toBe(size);
      for (const replica of [0, 1]) {
        const read = await bytesAt(replica).result(id);
        expect(read.digest).toBe(digestOf(bytes));
      }
    });

    it('do not mix what a writer that lost the upload still sends', async () => {
      const id = `u-${randomBytes(4).toString('hex')}`;
      const size = 300_000;
      const [a, b] = [Buffer.alloc(size, 'a'), Buffer.alloc(size, 'b')];
      await begin(urlOf(0), id, size);
      const { body, push, end } = heldBody();
      push(a.subarray(0, 50_000));
      const slow = send(urlOf(0), id, 0, body).catch(() => undefined);
      await until(async () => (await knex('upload_locks')).length > 0);
      // It writes, and cannot say that it still does.
      jest
        .spyOn(locksAt(0), 'renew')
        .mockRejectedValue(new Error('the database is away'));
      jest
        .spyOn(locksAt(0), 'isWanted')
        .mockRejectedValue(new Error('the database is away'));
      const from = await offset(urlOf(1), id);
      const rest = await send(urlOf(1), id, from, b.subarray(from));
      push(a.subarray(50_000));
      end();
      const answer = await slow;
      const bytes = await bytesOf(await stored.read(id));
      expect(rest.status).toBe(204);
      expect(answer?.status).not.toBe(204);
      for (const replica of [0, 1]) {
        const read = await bytesAt(replica).result(id);
        expect(read.digest).toBe(digestOf(bytes));
      }
    });
  });
});

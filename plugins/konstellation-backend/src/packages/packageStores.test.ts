/** @jest-environment node */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { S3Server } from '../__testUtils__/S3Server';
import { testKrt } from '../__testUtils__/startApi';
import { CheckedUploads } from './CheckedUploads';
import { FileSystemPackageStore } from './FileSystemPackageStore';
import type { PackageStore } from './PackageStore';
import { S3PackageStore } from './S3PackageStore';

jest.setTimeout(60_000);

const digestOf = (bytes: Uint8Array) =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function* pieces(bytes: Uint8Array, size = 100_000) {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

/** Digest of what is stored. */
async function storedDigest(store: PackageStore, digest: string) {
  const opened = await store.open(digest);
  if (!opened) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.stream) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(opened.size).toBe(bytes.length);
  return digestOf(bytes);
}

const folder = mkdtempSync(join(tmpdir(), 'package-stores-'));
let s3: S3Server;

beforeAll(async () => {
  s3 = await S3Server.start();
});
afterAll(async () => {
  await s3.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stores: Array<[string, () => Promise<PackageStore>]> = [
  [
    'a folder',
    () =>
      FileSystemPackageStore.create(join(folder, 'packages'), {
        isShared: false,
      }),
  ],
  ['S3', () => S3PackageStore.create(s3.options)],
];

describe.each(stores)('packages in %s', (_, create) => {
  let store: PackageStore;
  beforeAll(async () => {
    store = await create();
  });

  it('are there once they are committed, and as often as one likes', async () => {
    const bytes = randomBytes(9 * 1024 * 1024);
    const digest = digestOf(bytes);
    const first = await store.stage(pieces(bytes));
    expect(await store.open(digest)).toBeUndefined();
    await first.discard();
    for (let round = 0; round < 2; round++) {
      const staged = await store.stage(pieces(bytes));
      await staged.commit(digest);
      await staged.discard();
      expect(await storedDigest(store, digest)).toBe(digest);
    }
    await store.remove(digest);
    expect(await store.open(digest)).toBeUndefined();
  });

  it('are read from a byte on', async () => {
    const bytes = randomBytes(300_000);
    const digest = digestOf(bytes);
    const staged = await store.stage(pieces(bytes));
    await staged.commit(digest);
    await staged.discard();
    expect(await store.sizeOf(digest)).toBe(bytes.length);
    for (const start of [0, 1, 123_456, bytes.length - 1]) {
      const opened = await store.open(digest, { start });
      const chunks = await opened?.stream.toArray();
      expect(opened?.size).toBe(bytes.length);
      expect(Buffer.concat(chunks ?? []).equals(bytes.subarray(start))).toBe(
        true,
      );
    }
    for (const start of [bytes.length, bytes.length + 1]) {
      await expect(store.open(digest, { start })).rejects.toMatchObject({
        name: 'InputError',
      });
    }
    await store.remove(digest);
    expect(await store.sizeOf(digest)).toBeUndefined();
    expect(await store.open(digest, { start: 1 })).toBeUndefined();
  });

  it('leave nothing when their source fails', async () => {
    async function* failing() {
      yield randomBytes(1_000);
      throw new Error('the client is gone');
    }
    await expect(store.stage(failing())).rejects.toThrow('the client is gone');
  });

  it('forget uploads nobody knows of any more', async () => {
    const { Upload } = await import('@tus/utils');
    const id = '00000000-0000-4000-8000-000000000002';
    await store.uploads.create(
      new Upload({ id, size: 100, offset: 0, metadata: {} }),
    );
    await store.clean(60_000);
    expect((await store.uploads.getUpload(id)).offset).toBe(0);
    await store.clean(0);
    await expect(store.uploads.getUpload(id)).rejects.toBeDefined();
  });

  it('have no other names than digests', async () => {
    await expect(store.open('sha256:../../etc/passwd')).rejects.toThrow(
      'no digest',
    );
  });

  it('come in parts, are checked meanwhile, and are read again after an interruption', async () => {
    const krt = await testKrt('v1', [
      { path: 'models/weights.bin', content: randomBytes(12 * 1024 * 1024) },
    ]);
    const { Upload } = await import('@tus/utils');
    const id = '00000000-0000-4000-8000-000000000001';
    const begin = () => new CheckedUploads(store.uploads, {});
    let uploads = begin();
    await uploads.create(
      new Upload({ id, size: krt.length, offset: 0, metadata: {} }),
    );
    for (let part = 0; part < 3; part++) {
      const { offset } = await uploads.getUpload(id);
      const end = part === 2 ? krt.length : offset + 5 * 1024 * 1024 + 7;
      const source = Readable.from([krt.subarray(offset, end)]);
      expect(await uploads.write(source, id, offset)).toBe(end);
      // Another process goes on.
      if (part === 0) uploads = begin();
    }
    const read = await uploads.result(id);
    expect(read.problems).toEqual([]);
    expect(read.digest).toBe(digestOf(krt));
    await store.commitUpload(id, read.digest);
    await store.commitUpload(id, read.digest);
    expect(await storedDigest(store, read.digest)).toBe(read.digest);
    await expect(uploads.getUpload(id)).rejects.toBeDefined();
  });
});

it('S3 keeps nothing but packages', () => {
  expect(
    [...s3.objects.keys()].filter(key => !key.startsWith('sha256/')),
  ).toEqual([]);
  expect(s3.unfinished).toBe(0);
});

it('a folder is clean after a process was killed in the middle', async () => {
  const directory = join(folder, 'killed');
  const first = await FileSystemPackageStore.create(directory, {
    isShared: false,
  });
  let begun = () => {};
  const beginning = new Promise<void>(resolve => {
    begun = resolve;
  });
  async function* endless() {
    yield randomBytes(1_000);
    begun();
    await new Promise(() => {});
  }
  first.stage(endless()).catch(() => undefined);
  await beginning;
  expect(readdirSync(join(directory, 'staging'))).toHaveLength(1);
  await FileSystemPackageStore.create(directory, { isShared: false });
  expect(readdirSync(join(directory, 'staging'))).toEqual([]);
});

/** @jest-environment node */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { S3Server } from '../__testUtils__/S3Server';
import { S3PackageStore, type S3Options } from './S3PackageStore';

// The AWS SDK is large, and loaded here first.
jest.setTimeout(60_000);

const SECRET = 'of/the+key';
const bytes = randomBytes(100_000);
const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const options: S3Options = {
  bucket: 'packages',
  region: 'eu-west-1',
  delivery: 'presigned',
  credentials: { accessKeyId: 'key', secretAccessKey: SECRET },
};

async function urlOf(more: Partial<S3Options>): Promise<URL | undefined> {
  const store = await S3PackageStore.create({ ...options, ...more });
  const url = await store.downloadUrl(digest);
  return url === undefined ? undefined : new URL(url);
}

describe('presigned URLs of packages', () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await S3Server.start({ secret: SECRET });
    const local = { endpoint: s3.endpoint, forcePathStyle: true };
    const store = await S3PackageStore.create({ ...options, ...local });
    const staged = await store.stage(Readable.from([bytes]));
    await staged.commit(digest);
    await staged.discard();
  });
  afterAll(() => s3.stop());

  it('give the package, and parts of it, to whoever has them', async () => {
    const url = await urlOf({ endpoint: s3.endpoint, forcePathStyle: true });
    if (!url) throw new Error('no URL');
    const whole = await fetch(url);
    expect(whole.status).toBe(200);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await fetch(url, { headers: { range: 'bytes=99000-' } });
    expect(part.status).toBe(206);
    expect(
      Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(99_000)),
    ).toBe(true);
  });

  it('are good for five minutes, for that package alone', async () => {
    const url = await urlOf({ endpoint: s3.endpoint, forcePathStyle: true });
    if (!url) throw new Error('no URL');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
    for (const change of [
      (other: URL) => other.searchParams.set('X-Amz-Expires', '3000'),
      (other: URL) => {
        other.pathname = other.pathname.replace(/.$/, 'x');
      },
    ]) {
      const other = new URL(url);
      change(other);
      expect((await fetch(other)).status).toBe(403);
    }
    expect((await fetch(url, { method: 'PUT' })).status).toBe(403);
    expect(url.href).not.toContain(encodeURIComponent(SECRET));
  });

  it('have the address pods reach the store at', async () => {
    const url = await urlOf({
      endpoint: 'http://10.0.0.7:9000',
      publicEndpoint: s3.endpoint,
      forcePathStyle: true,
    });
    expect(url?.origin).toBe(s3.endpoint);
    expect(url && (await fetch(url)).status).toBe(200);
  });

  it('are those of AWS where no other store is named', async () => {
    const hex = digest.slice('sha256:'.length);
    expect(await urlOf({})).toMatchObject({
      origin: 'https://packages.s3.eu-west-1.amazonaws.com',
      pathname: `/sha256/${hex.slice(0, 2)}/${hex}`,
    });
  });

  it('are not made where packages go through the portal', async () => {
    expect(await urlOf({ delivery: 'portal' })).toBeUndefined();
  });
});

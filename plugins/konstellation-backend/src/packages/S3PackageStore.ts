import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { checkStart } from './byteRange';
import type { PackageStore, StagedPackage, UploadBytes } from './PackageStore';
import { PresignedUrls } from './PresignedUrls';

const DIGEST = /^sha256:([0-9a-f]{64})$/;
const STAGING = 'staging/';
/** What was staged and neither kept nor discarded for so long belongs to nobody any more. */
const STALE_MILLIS = 24 * 60 * 60 * 1000;
/** Bytes of one part, and parts on their way at once: what an upload keeps in memory. */
const PART_SIZE = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** Where the packages are, of AWS or anything that speaks like it. */
export interface S3Options {
  bucket: string;
  region: string;
  /** Of another than AWS. */
  endpoint?: string;
  /** `endpoint/bucket` instead of `bucket.endpoint`. */
  forcePathStyle?: boolean;
  /** Whether pods get packages from the object store themselves, by a URL that is signed for them, or through the portal. */
  delivery: 'presigned' | 'portal';
  /** Where pods reach the object store, if not where the portal does. */
  publicEndpoint?: string;
  /** By default what the AWS SDK finds: environment, files, the role of the machine. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(NotFound|NoSuchKey|NoSuchUpload)$/.test(error.name)
  );
}

/** Packages as objects: `sha256/ab/abcdef…`, written aside and copied on the server. */
export class S3PackageStore implements PackageStore {
  private constructor(
    private readonly sdk: typeof import('@aws-sdk/client-s3'),
    private readonly storage: typeof import('@aws-sdk/lib-storage'),
    private readonly client: S3Client,
    private readonly bucket: string,
    readonly uploads: UploadBytes,
    private readonly urls: PresignedUrls | undefined,
  ) {}

  static async create(options: S3Options): Promise<S3PackageStore> {
    const { bucket, delivery, publicEndpoint, ...rest } = options;
    const config = {
      ...rest,
      // Not everything that speaks S3 knows the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED' as const,
      responseChecksumValidation: 'WHEN_REQUIRED' as const,
    };
    // Large, and needed by few: loaded where it is configured.
    const [sdk, storage, { S3Store }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/lib-storage'),
      import('@tus/s3-store'),
    ]);
    const uploads = new S3Store({
      partSize: PART_SIZE,
      s3ClientConfig: { ...config, bucket },
      // Another process may have changed it.
      cache: {
        get: async () => undefined,
        set: async () => undefined,
        delete: async () => undefined,
      },
    });
    uploads.extensions = ['creation', 'creation-with-upload', 'termination'];
    const client = new sdk.S3Client(config);
    const abort = uploads.remove.bind(uploads);
    const remove = async (id: string) => {
      await abort(id).catch(() => undefined);
      // It removes unfinished uploads only.
      for (const Key of [id, `${id}.info`, `${id}.part`]) {
        await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key }));
      }
    };
    return new S3PackageStore(
      sdk,
      storage,
      client,
      bucket,
      Object.assign(uploads, { isReadableEarly: false, remove }),
      delivery === 'presigned'
        ? await PresignedUrls.create(
            publicEndpoint
              ? new sdk.S3Client({ ...config, endpoint: publicEndpoint })
              : client,
            bucket,
          )
        : undefined,
    );
  }

  #key(digest: string): string {
    const hex = DIGEST.exec(digest)?.[1];
    // The digest becomes a key: nothing else may.
    if (!hex) throw new InputError('this is no digest of a package');
    return `sha256/${hex.slice(0, 2)}/${hex}`;
  }

  async #copy(from: string, digest: string): Promise<void> {
    await this.client.send(
      new this.sdk.CopyObjectCommand({
        Bucket: this.bucket,
        CopySource: encodeURI(`${this.bucket}/${from}`),
        Key: this.#key(digest),
      }),
    );
  }

  async #delete(key: string): Promise<void> {
    await this.client.send(
      new this.sdk.DeleteObjectCommand({ Bucket: this.bucket, Key: key }),
    );
  }

  async #sizeOf(key: string): Promise<number | undefined> {
    try {
      const { ContentLength } = await this.client.send(
        new this.sdk.HeadObjectCommand({ Bucket: this.bucket, Key: key }),
      );
      return ContentLength;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async stage(source: AsyncIterable<Uint8Array>): Promise<StagedPackage> {
    const key = STAGING + randomUUID();
    const upload = new this.storage.Upload({
      client: this.client,
      params: { Bucket: this.bucket, Key: key, Body: Readable.from(source) },
      partSize: PART_SIZE,
      queueSize: PARTS_AT_ONCE,
    });
    // A part that fails takes those before it away.
    await upload.done();
    return {
      discard: () => this.#delete(key),
      commit: digest => this.#copy(key, digest),
    };
  }

  sizeOf(digest: string): Promise<number | undefined> {
    return this.#sizeOf(this.#key(digest));
  }

  async open(digest: string, { start = 0 }: { start?: number } = {}) {
    try {
      const { Body, ContentLength, ContentRange } = await this.client.send(
        new this.sdk.GetObjectCommand({
          Bucket: this.bucket,
          Key: this.#key(digest),
          ...(start > 0 ? { Range: `bytes=${start}-` } : {}),
        }),
      );
      if (!(Body instanceof Readable)) return undefined;
      // `bytes 100-199/200`; without it all of it came.
      const size = Number(ContentRange?.split('/')[1] ?? ContentLength);
      if (start === 0 || ContentRange?.startsWith(`bytes ${start}-`)) {
        return { size, stream: Body };
      }
      Body.destroy();
      checkStart(start, size);
      throw new ServiceUnavailableError(
        'the object store does not serve parts of objects',
      );
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (error instanceof Error && error.name === 'InvalidRange') {
        throw new InputError(`the package has no byte at ${start}`);
      }
      throw error;
    }
  }

  async downloadUrl(digest: string): Promise<string | undefined> {
    return this.urls?.of(this.#key(digest));
  }

  remove(digest: string): Promise<void> {
    return this.#delete(this.#key(digest));
  }

  async *list(): AsyncGenerator<string[]> {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.client.send(
        new this.sdk.ListObjectsV2Command({
          Bucket: this.bucket,
          Prefix: 'sha256/',
          ContinuationToken,
        }),
      );
      const digests = (page.Contents ?? []).map(
        ({ Key }) => `sha256:${Key?.split('/').at(-1)}`,
      );
      yield digests.filter(digest => DIGEST.test(digest));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
  }

  async commitUpload(id: string, digest: string): Promise<void> {
    try {
      await this.#copy(id, digest);
    } catch (error) {
      // Somebody else may have done it just before.
      const isThere =
        isMissing(error) &&
        (await this.#sizeOf(this.#key(digest))) !== undefined;
      if (!isThere) throw error;
    }
    await this.uploads.remove(id);
  }

  async clean(idleMillis: number): Promise<void> {
    const staged = await this.#old({ Prefix: STAGING }, STALE_MILLIS);
    for (const key of staged) await this.#delete(key);
    // Uploads lie at the top, packages below `sha256/`.
    const uploads = await this.#old({ Delimiter: '/' }, idleMillis);
    const ids = uploads.map(key => key.replace(/\.(info|part)$/, ''));
    for (const id of new Set(ids)) await this.uploads.remove(id);
  }

  /** Keys of what nobody has written to for so long; not all of many. */
  async #old(
    which: { Prefix?: string; Delimiter?: string },
    millis: number,
  ): Promise<string[]> {
    const { Contents = [] } = await this.client.send(
      new this.sdk.ListObjectsV2Command({ Bucket: this.bucket, ...which }),
    );
    return Contents.flatMap(({ Key, LastModified }) => {
      const age = Date.now() - (LastModified?.getTime() ?? Date.now());
      return Key && age >= millis ? [Key] : [];
    });
  }
}

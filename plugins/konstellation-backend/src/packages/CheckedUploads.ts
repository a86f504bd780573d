import { EventEmitter } from 'node:events';
import { pipeline, Transform, type Readable } from 'node:stream';
import { ServiceUnavailableError } from '@backstage/errors';
import type { KrtLimits, KrtReadResult } from '@konstellation/krt';
import type { Upload } from '@tus/utils';
import type { UploadBytes } from './PackageStore';
import { UploadCheck } from './UploadCheck';
import type { Fence } from './UploadLocker';

/** Readers that wait for more at once; each keeps some hundred KiB. The one that waits longest goes first. */
const MAX_CHECKS = 32;
const LOST = 'the upload goes on in another process; ask where it is';

/**
 * A store of uploads that reads each package while it comes in. Where the reader is not where the bytes are (the portal was
 * restarted, a request broke, another process took the last bytes), the stored bytes are read again before more is taken.
 */
export class CheckedUploads extends EventEmitter implements UploadBytes {
  readonly extensions: string[];
  readonly isReadableEarly = true;
  readonly #checks = new Map<string, UploadCheck>();

  constructor(
    private readonly bytes: UploadBytes,
    private readonly limits: Partial<KrtLimits>,
    /** Of the lock an upload is written under. */
    private readonly fence: (id: string) => Fence = () => () => true,
  ) {
    super();
    this.extensions = bytes.extensions;
  }

  hasExtension(extension: string): boolean {
    return this.extensions.includes(extension);
  }

  /** How long uploads live is the database's to say. */
  getExpiration(): number {
    return 0;
  }

  async deleteExpired(): Promise<number> {
    return 0;
  }

  declareUploadLength(id: string, length: number): Promise<void> {
    return this.bytes.declareUploadLength(id, length);
  }

  create(upload: Upload): Promise<Upload> {
    return this.bytes.create(upload);
  }

  getUpload(id: string): Promise<Upload> {
    return this.bytes.getUpload(id);
  }

  read(id: string): Readable | Promise<Readable> {
    return this.bytes.read(id);
  }

  async remove(id: string): Promise<void> {
    this.#drop(id);
    await this.bytes.remove(id);
  }

  async write(source: Readable, id: string, offset: number): Promise<number> {
    const isOurs = this.fence(id);
    // Where the bytes cannot be read again yet, they are once all are there.
    const check = await this.#checkAt(id, offset);
    const tap = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        if (!isOurs()) {
          done(new ServiceUnavailableError(LOST));
          return;
        }
        Promise.resolve(check?.push(chunk)).then(
          () => done(null, chunk),
          error => done(error),
        );
      },
    });
    pipeline(source, tap, () => undefined);
    try {
      const written = await this.bytes.write(tap, id, offset);
      // What another process wrote meanwhile was not read here.
      if (!isOurs()) throw new ServiceUnavailableError(LOST);
      // Not all that was read could be stored: the next request reads again.
      if (check?.offset !== written) this.#drop(id);
      return written;
    } catch (error) {
      this.#drop(id);
      throw error;
    }
  }

  /** What the package is, once all of it is there. */
  async result(id: string): Promise<KrtReadResult> {
    const { offset } = await this.bytes.getUpload(id);
    const check =
      (await this.#checkAt(id, offset)) ?? (await this.#readAgain(id, offset));
    this.#checks.delete(id);
    return check.finish();
  }

  #drop(id: string): void {
    this.#checks.get(id)?.abandon();
    this.#checks.delete(id);
  }

  /** The reader that has read so far; undefined where there is none and the stored bytes cannot be read again yet. */
  async #checkAt(id: string, offset: number): Promise<UploadCheck | undefined> {
    const known = this.#checks.get(id);
    if (known?.offset === offset) {
      // The one used last goes last.
      this.#checks.delete(id);
      this.#checks.set(id, known);
      return known;
    }
    this.#drop(id);
    if (offset > 0 && !this.bytes.isReadableEarly) return undefined;
    const check = await this.#readAgain(id, offset);
    this.#checks.set(id, check);
    for (const [oldest] of this.#checks) {
      if (this.#checks.size <= MAX_CHECKS) break;
      this.#drop(oldest);
    }
    return check;
  }

  async #readAgain(id: string, offset: number): Promise<UploadCheck> {
    const check = new UploadCheck(this.limits);
    if (offset === 0) return check;
    const stored = await this.bytes.read(id);
    for await (const chunk of stored) await check.push(chunk);
    if (check.offset === offset) return check;
    check.abandon();
    throw new Error(
      `the upload has ${check.offset} bytes where ${offset} were said to be`,
    );
  }
}

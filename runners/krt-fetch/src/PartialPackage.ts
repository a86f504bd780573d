import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { Refusal } from './Refusal';

/** What has come of a package so far: a file, and the hash of its bytes. A download goes on where another one was cut. */
export class PartialPackage {
  #hash: Hash = createHash('sha256');
  #position = 0;
  #whole: number | undefined;
  /** Answers that wrote to it. */
  #pieces = 0;
  #hasBegunAgain = false;

  private constructor(
    private readonly file: FileHandle,
    private readonly options: { digest: string; maxBytes: number },
  ) {}

  /** @param options.maxBytes - more than a package may have */
  static async create(
    path: string,
    options: { digest: string; maxBytes: number },
  ): Promise<PartialPackage> {
    return new PartialPackage(await open(path, 'w', 0o600), options);
  }

  /** Bytes that are there. */
  get position(): number {
    return this.#position;
  }

  /** Bytes of the whole package, once an answer has said so. */
  get size(): number | undefined {
    return this.#whole;
  }

  get isWhole(): boolean {
    return this.#position === this.#whole;
  }

  /** An answer with bytes from `position` on begins. @param whole - bytes of the package, if it says so */
  beginPiece(whole: number | undefined): void {
    this.#pieces++;
    this.#whole = whole;
    this.#checkSize(whole ?? 0);
  }

  /** @throws Refusal when there are more bytes than a package may have */
  async write(chunk: Uint8Array): Promise<void> {
    this.#checkSize(this.#position + chunk.length);
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await this.file.write(
        chunk,
        written,
        chunk.length - written,
        this.#position + written,
      );
      written += bytesWritten;
    }
    // Only what is written whole is counted: what was half written is written over.
    this.#hash.update(chunk);
    this.#position += chunk.length;
  }

  /** Forgets what has come. */
  async beginAgain(): Promise<void> {
    await this.file.truncate();
    this.#hash = createHash('sha256');
    this.#position = 0;
    this.#whole = undefined;
    this.#pieces = 0;
  }

  /**
   * All has come.
   * @returns its bytes
   * @throws Refusal for another package than the one asked for; an error that may pass, once, where it came in pieces, which need
   *   not be of the same package
   */
  async verify(): Promise<number> {
    const digest = `sha256:${this.#hash.copy().digest('hex')}`;
    if (digest === this.options.digest) return this.#position;
    const reason = `the package is not the one asked for: its digest is ${digest}, not ${this.options.digest}`;
    if (this.#pieces < 2 || this.#hasBegunAgain) throw new Refusal(reason);
    this.#hasBegunAgain = true;
    await this.beginAgain();
    throw new Error(reason);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #checkSize(bytes: number): void {
    if (bytes <= this.options.maxBytes) return;
    throw new Refusal(
      `the package has more than ${this.options.maxBytes} bytes`,
    );
  }
}

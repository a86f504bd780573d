import { iterate, type Sha256 } from './platform';
import { archiveProblem, KrtReadError } from './problems';

/** The packed bytes of a package: hashed, counted and kept within their limit, whoever reads them. */
export class PackedSource {
  /** Bytes read so far. */
  size = 0;
  /** Set once the source has failed, been aborted, or is too large. */
  failure: { error: unknown } | undefined;
  readonly #iterator: AsyncIterator<Uint8Array>;

  constructor(
    source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
    readonly options: { hash: Sha256; limit: number; signal?: AbortSignal },
  ) {
    const chunks = 'getReader' in source ? iterate(source) : source;
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  async #next(): Promise<Uint8Array | undefined> {
    const { hash, limit, signal } = this.options;
    try {
      signal?.throwIfAborted();
      const { done, value } = await this.#iterator.next();
      if (done) return undefined;
      this.size += value.length;
      if (this.size > limit) {
        throw new KrtReadError(
          archiveProblem(
            'archive-packed-size',
            `the package has more than ${limit} bytes`,
          ),
        );
      }
      hash.update(value);
      return value;
    } catch (error) {
      this.failure ??= { error };
      throw error;
    }
  }

  /** The bytes from here on; leaving this iteration does not end the source. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let chunk = await this.#next(); chunk; chunk = await this.#next()) {
      yield chunk;
    }
  }

  /** Reads what is left. */
  async drain(): Promise<void> {
    while (await this.#next());
  }

  /** Ends the source. A source that hangs is not waited for. */
  close(): void {
    this.#iterator.return?.().catch(() => undefined);
  }

  /** `sha256:<hex>` of all bytes read. */
  digest(): string {
    return `sha256:${this.options.hash.hex()}`;
  }
}

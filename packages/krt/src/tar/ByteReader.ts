import { archiveProblem, KrtReadError } from '../problems';

function truncated(): KrtReadError {
  return new KrtReadError(
    archiveProblem(
      'archive-truncated',
      'the archive ends in the middle: it is not complete',
      { hint: 'pack it again, or copy it again' },
    ),
  );
}

/** So many bytes that come next. */
export class Content implements AsyncIterable<Uint8Array> {
  constructor(
    /** Bytes nobody has read so far. */
    public left: number,
    private readonly some: (most: number) => Promise<Uint8Array>,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        if (this.left === 0) return { done: true, value: undefined };
        const value = await this.some(this.left);
        this.left -= value.length;
        return { done: false, value };
      },
    };
  }
}

/** Reads exact numbers of bytes from a stream of chunks; holds one chunk at a time. */
export class ByteReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #consumed = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** Bytes handed out so far. */
  get consumed(): number {
    return this.#consumed;
  }

  async #some(most: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#iterator.next();
      if (done) return undefined;
      this.#chunk = value;
    }
    const part = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(part.length);
    this.#consumed += part.length;
    return part;
  }

  /** The next bytes if they are here already: without waiting, which for small entries costs more than the rest. */
  readNow(length: number): Uint8Array | undefined {
    if (this.#chunk.length < length) return undefined;
    const part = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    this.#consumed += length;
    return part;
  }

  /** @throws KrtReadError when the stream ends before */
  async read(length: number): Promise<Uint8Array> {
    const first = await this.#some(length);
    if (length === 0) return new Uint8Array(0);
    if (!first) throw truncated();
    if (first.length === length) return first;
    const whole = new Uint8Array(length);
    whole.set(first);
    let filled = first.length;
    while (filled < length) {
      const part = await this.#some(length - filled);
      if (!part) throw truncated();
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0) {
      const part = await this.#some(left);
      if (!part) throw truncated();
      left -= part.length;
    }
  }

  /**
   * The next bytes as an iteration that can be left and gone on with.
   * @param afterEach - called after each chunk; may throw to end the reading
   */
  take(length: number, afterEach: () => void): Content {
    return new Content(length, async most => {
      const part = this.readNow(most) ?? (await this.#some(most));
      if (!part) throw truncated();
      afterEach();
      return part;
    });
  }

  /** Ends the source, also where it was not read to its end. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const part = await this.#some(Number.MAX_SAFE_INTEGER);
      if (!part) return;
      yield part;
    }
  }
}

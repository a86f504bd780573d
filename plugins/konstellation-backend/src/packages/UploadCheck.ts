import {
  readKrt,
  type KrtLimits,
  type KrtReadResult,
} from '@konstellation/krt';
import { nodePlatform } from '@konstellation/krt/node';

/** Chunks that may wait for the reader. */
const QUEUE = 16;

/**
 * Reads a package while it comes in, in however many requests. Whoever pushes goes at the pace of the reader.
 */
export class UploadCheck {
  /** Bytes pushed so far. */
  offset = 0;
  readonly #queue: Uint8Array[] = [];
  readonly #result: Promise<KrtReadResult>;
  #ended = false;
  #reading = true;
  #error: Error | undefined;
  #wake = () => {};
  #changed: Promise<void>;

  constructor(limits: Partial<KrtLimits>) {
    this.#changed = this.#nextChange();
    this.#result = readKrt(this.#chunks(), {
      limits,
      platform: nodePlatform,
    }).finally(() => {
      this.#reading = false;
      this.#change();
    });
    // Whoever asks for the result hears of it; nobody may.
    this.#result.catch(() => undefined);
  }

  #nextChange(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve;
    });
  }

  #change(): void {
    const wake = this.#wake;
    this.#changed = this.#nextChange();
    wake();
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#error) throw this.#error;
      const chunk = this.#queue.shift();
      if (chunk) {
        this.#change();
        yield chunk;
      } else if (this.#ended) {
        return;
      } else {
        await this.#changed;
      }
    }
  }

  /** The next bytes; resolves when there is room for more. */
  async push(chunk: Uint8Array): Promise<void> {
    this.offset += chunk.length;
    if (!this.#reading) return;
    this.#queue.push(chunk);
    this.#change();
    while (this.#reading && this.#queue.length >= QUEUE) await this.#changed;
  }

  /** There is no more. @returns what was read */
  finish(): Promise<KrtReadResult> {
    this.#ended = true;
    this.#change();
    return this.#result;
  }

  /** The reader is not needed any more. */
  abandon(): void {
    this.#error = new Error('the upload was interrupted');
    this.#change();
  }
}

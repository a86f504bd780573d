import type { KrtLimits, KrtReadResult } from '@konstellation/krt';
import { readKrt } from '@konstellation/krt';
import { nodePlatform } from '@konstellation/krt/node';
import { KrtRefusedError } from '@konstellation/backstage-plugin-konstellation-common';
import type { PackageStore, StagedPackage } from './PackageStore';

/** Chunks that may wait between the reader and the file. */
const QUEUE = 16;

/**
 * Copies a stream for two readers at the pace of the slower one: the check and the file see each byte once.
 */
class Tee {
  readonly #queues: Uint8Array[][] = [[], []];
  readonly #waiting = new Set<() => void>();
  #ended = false;
  #error: { error: unknown } | undefined;

  async pump(source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of source) {
        for (const queue of this.#queues) queue.push(chunk);
        this.#wake();
        while (
          !this.#error &&
          this.#queues.some(queue => queue.length >= QUEUE)
        ) {
          await this.#change();
        }
        if (this.#error) break;
      }
    } catch (error) {
      this.#error = { error };
    }
    this.#ended = true;
    this.#wake();
  }

  /** One side gives up: the other one and the source end with the same error. */
  fail(error: unknown): void {
    this.#error ??= { error };
    this.#wake();
  }

  async *side(index: 0 | 1): AsyncGenerator<Uint8Array> {
    const queue = this.#queues[index] ?? [];
    for (;;) {
      if (this.#error) throw this.#error.error;
      const chunk = queue.shift();
      if (chunk) {
        this.#wake();
        yield chunk;
      } else if (this.#ended) {
        return;
      } else {
        await this.#change();
      }
    }
  }

  #change(): Promise<void> {
    return new Promise(resolve => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/**
 * Checks, hashes and stores a package in one pass.
 * @returns what was read, and the stored bytes, which wait to be committed
 * @throws KrtRefusedError with all problems; nothing is stored then
 */
export async function readUpload(options: {
  source: AsyncIterable<Uint8Array>;
  store: PackageStore;
  limits: Partial<KrtLimits>;
}): Promise<{ read: KrtReadResult; staged: StagedPackage }> {
  const tee = new Tee();
  const pumping = tee.pump(options.source);
  const [stored, checked] = await Promise.allSettled([
    options.store.stage(tee.side(0)).catch(error => {
      tee.fail(error);
      throw error;
    }),
    readKrt(tee.side(1), {
      limits: options.limits,
      platform: nodePlatform,
    }).then(
      read => {
        const refused = read.problems.some(
          problem => problem.severity === 'error',
        );
        if (refused) {
          const error = new KrtRefusedError(read.problems);
          tee.fail(error);
          throw error;
        }
        return read;
      },
      error => {
        tee.fail(error);
        throw error;
      },
    ),
  ]);
  await pumping;
  if (checked.status === 'rejected' || stored.status === 'rejected') {
    if (stored.status === 'fulfilled') await stored.value.discard();
    throw checked.status === 'rejected'
      ? checked.reason
      : stored.status === 'rejected' && stored.reason;
  }
  return { read: checked.value, staged: stored.value };
}

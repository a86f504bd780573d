import { setTimeout as wait } from 'node:timers/promises';

const BASE_MILLIS = 500;
const MAX_MILLIS = 30_000;

/**
 * How long to wait before something that failed is tried again: twice as long each time, and any time up to that, so that many who
 * failed together do not come back together.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ "full jitter"
 */
export class Backoff {
  #failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** It works again. */
  reset(): void {
    this.#failures = 0;
  }

  /** Milliseconds until the next attempt. */
  next(): number {
    const most = Math.min(MAX_MILLIS, BASE_MILLIS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    // Never at once, however the dice fall.
    return most * (0.1 + 0.9 * this.random());
  }

  /** Waits that long; ends early where the signal aborts. */
  async pause(signal: AbortSignal): Promise<void> {
    await wait(this.next(), undefined, { signal, ref: false }).catch(
      () => undefined,
    );
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from './Refusal';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** Errors of fetch say little; their cause says what happened. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError && cause.message === '') {
    return cause.errors.map(reasonOf).join(', ');
  }
  return cause instanceof Error ? reasonOf(cause) : error.message;
}

/**
 * Tries again, with growing pauses, what may pass.
 *
 * @param attempt - gets a function to call with how far it came; whoever gets farther than before has all the time again, so
 *   that a large package over a bad line is not given up for its size
 * @param options.timeout - milliseconds without progress after which no further attempt is made
 * @throws Refusal, that of the attempt or, when time is up, one with the last reason
 */
export async function retry<T>(
  attempt: (onProgress: (position: number) => void) => Promise<T>,
  options: {
    timeout: number;
    signal: AbortSignal;
    onRetry: (reason: string, pauseMs: number) => void;
  },
): Promise<T> {
  let lastProgress = Date.now();
  let farthest = 0;
  let wait = FIRST_PAUSE;
  const onProgress = (position: number) => {
    if (position > farthest) {
      farthest = position;
      lastProgress = Date.now();
      wait = FIRST_PAUSE;
    }
  };
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt(onProgress);
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof Refusal) throw error;
      const reason = reasonOf(error);
      if (Date.now() - lastProgress + wait > options.timeout) {
        throw new Refusal(
          `the package could not be fetched, tried ${attempts} times: ${reason}`,
        );
      }
      options.onRetry(reason, wait);
    }
    await pause(wait, undefined, { signal: options.signal });
    wait = Math.min(wait * 2, LONGEST_PAUSE);
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { toError } from '@backstage/errors';

/** Pauses grow to this. */
const LONGEST_PAUSE_MILLIS = 30_000;

/**
 * Works again after an error, with growing pauses.
 *
 * @param options.attempts - how often at most
 * @param options.pauseMillis - after the first error; doubles with each
 * @param options.onRetry - told why, and how long the pause is
 * @throws the last error; at once when the signal is aborted
 */
export async function retry<T>(
  work: () => Promise<T>,
  options: {
    attempts: number;
    pauseMillis: number;
    signal: AbortSignal;
    onRetry: (error: Error, pauseMillis: number) => void;
  },
): Promise<T> {
  const { attempts, pauseMillis, signal, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || signal.aborted) throw error;
      const millis = Math.min(
        pauseMillis * 2 ** (attempt - 1),
        LONGEST_PAUSE_MILLIS,
      );
      onRetry(toError(error), millis);
      await pause(millis, undefined, { signal, ref: false });
    }
  }
}

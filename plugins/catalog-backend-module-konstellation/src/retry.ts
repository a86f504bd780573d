import { setTimeout as pause } from 'node:timers/promises';
import { toError } from '@backstage/errors';

/**
 * Works again after an error.
 *
 * @param options.attempts - how often at most
 * @param options.pauseMillis - after an error
 * @param options.onRetry - told why
 * @throws the last error; at once when the signal is aborted
 */
export async function retry<T>(
  work: () => Promise<T>,
  options: {
    attempts: number;
    pauseMillis: number;
    signal: AbortSignal;
    onRetry: (error: Error) => void;
  },
): Promise<T> {
  const { attempts, pauseMillis, signal, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || signal.aborted) throw error;
      onRetry(toError(error));
      await pause(pauseMillis, undefined, { signal, ref: false });
    }
  }
}

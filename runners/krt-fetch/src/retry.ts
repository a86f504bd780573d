import { setTimeout as pause } from 'node:timers/promises';
import { Delay } from './Delay';
import { Refusal } from './Refusal';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
/** How long a server that asks to come again is asked again without having given anything. */
const LONGEST_QUEUE = 30 * 60_000;
/** Of a pause somebody else has named: many may have been told the same. */
const SPREAD = 0.5;

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
 * @param options.timeout - milliseconds without progress after which no further attempt is made; a server that asks to come again
 *   later is one to wait for, and given half an hour
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
  let lastSign = lastProgress;
  let farthest = 0;
  let wait = FIRST_PAUSE;
  const onProgress = (position: number) => {
    if (position > farthest) {
      farthest = position;
      lastProgress = Date.now();
      lastSign = lastProgress;
      wait = FIRST_PAUSE;
    }
  };
  for (let attempts = 1; ; attempts++) {
    let thisWait = wait;
    try {
      return await attempt(onProgress);
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof Refusal) throw error;
      const reason = reasonOf(error);
      if (error instanceof Delay) {
        const spread = 1 + Math.random() * SPREAD;
        thisWait = Math.round(Math.max(error.millis, FIRST_PAUSE) * spread);
        lastSign = Date.now() + thisWait;
        wait = FIRST_PAUSE;
      }
      const isLate = Date.now() - lastSign + wait > options.timeout;
      if (isLate || Date.now() - lastProgress > LONGEST_QUEUE) {
        throw new Refusal(
          `the package could not be fetched, tried ${attempts} times: ${reason}`,
        );
      }
      options.onRetry(reason, thisWait);
    }
    await pause(thisWait, undefined, { signal: options.signal });
    wait = Math.min(wait * 2, LONGEST_PAUSE);
  }
}

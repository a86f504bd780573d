// Waiting for what comes by itself.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks again and again until what it sees is so.
 *
 * @param what - for the error: what is waited for
 * @param options.isSo - by default: it is there, and not false
 * @param options.seconds - 120 by default
 * @param options.pauseMillis - between two looks, 50 by default
 * @returns what was seen then
 * @throws an Error with what was seen last when it does not become so
 */
export async function until(
  what,
  look,
  { isSo = Boolean, seconds = 120, pauseMillis = 50 } = {},
) {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(
        `${what}: not within ${seconds} s; seen last: ${JSON.stringify(seen)}`,
      );
    }
    await sleep(pauseMillis);
  }
}

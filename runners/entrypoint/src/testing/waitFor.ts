import { setTimeout as pause } from 'node:timers/promises';

const patience = 15_000;

/** Tries until it gives something true, for 15 seconds. */
export async function waitFor<T>(
  attempt: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const result = await attempt();
    if (result) {
      return result;
    }
    if (Date.now() > end) {
      throw new Error('waited in vain');
    }
    await pause(10);
  }
}

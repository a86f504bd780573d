// What goes on while something else is done.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does some things again and again, each of them one after another, until a work is done.
 *
 * @param things - `{ name: () => Promise }`; what they reject with is counted
 * @param options.pauseMillis - after each time, none by default
 * @returns `{ name: { times, failures } }`, failures in the words of their errors
 * @throws what the work throws, when all have ended
 */
export async function meanwhile(things, work, { pauseMillis = 0 } = {}) {
  let isDone = false;
  const going = Object.entries(things).map(async ([name, thing]) => {
    const failures = [];
    let times = 0;
    while (!isDone) {
      times++;
      await thing().catch(error => failures.push(error.message));
      await sleep(pauseMillis);
    }
    return [name, { times, failures }];
  });
  try {
    await work();
  } finally {
    isDone = true;
    await Promise.all(going);
  }
  return Object.fromEntries(await Promise.all(going));
}

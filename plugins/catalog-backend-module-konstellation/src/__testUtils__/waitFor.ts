import { setTimeout as pause } from 'node:timers/promises';

/** Waits until it is so. @throws Error after 10 s */
export async function waitFor(isSo: () => boolean | Promise<boolean>) {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('not within 10 s');
    await pause(10);
  }
}

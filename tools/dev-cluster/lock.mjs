// One at a time brings a cluster up or ends it. Whoever holds the lock and is killed holds it no more.
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BOOT, processOf } from './processTable.mjs';

const WITHIN_MILLIS = 10 * 60_000;
const LOOK_EVERY_MILLIS = 100;

/** Clusters of all names share what is compiled. */
export const BUILD_LOCK = { name: 'konstellation-dev-cluster-build' };

/** Beside the state, which goes when the cluster ends. */
const fileOf = ({ name }) => join('/run', `${name}.lock`);

function take(file) {
  const { pid, started } = processOf(process.pid);
  const own = `${file}.${pid}`;
  // Whole from its first moment.
  writeFileSync(own, `${pid} ${started} ${BOOT}`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function isHeld(file) {
  try {
    const [pid, started, boot] = readFileSync(file, 'utf8').split(' ');
    return boot === BOOT && processOf(pid)?.started === started;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Waits for its turn, and does the work. @throws an Error when somebody else does not end */
export async function exclusively(settings, work) {
  const file = fileOf(settings);
  const deadline = Date.now() + WITHIN_MILLIS;
  while (!take(file)) {
    if (!isHeld(file)) rmSync(file, { force: true });
    else if (Date.now() > deadline) {
      throw new Error(`Another process holds ${file}.`);
    } else await sleep(LOOK_EVERY_MILLIS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

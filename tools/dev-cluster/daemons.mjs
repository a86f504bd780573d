// Processes of a cluster that go on when the command that started them ends: recorded with when they started, so that another
// process that got the same id later is never ended.
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BOOT, processes, processOf } from './processTable.mjs';

const LOOK_EVERY_MILLIS = 50;
const ENDED_WITHIN_MILLIS = 30_000;
const SUFFIX = '.pid';

const folderOf = ({ state }) => join(state, 'processes');
const fileOf = (settings, name) => join(folderOf(settings), name + SUFFIX);

function recorded(settings, name) {
  const file = fileOf(settings, name);
  if (!existsSync(file)) return undefined;
  const [pid, started, boot] = readFileSync(file, 'utf8').split(' ');
  return boot === BOOT ? { pid: Number(pid), started } : undefined;
}

/** @returns names of all that were started, whether they still run or not */
export function daemonNames(settings) {
  if (!existsSync(folderOf(settings))) return [];
  return readdirSync(folderOf(settings))
    .filter(file => file.endsWith(SUFFIX))
    .map(file => file.slice(0, -SUFFIX.length));
}

/** @returns the process id while it runs */
export function runningDaemon(settings, name) {
  const record = recorded(settings, name);
  if (!record) return undefined;
  return processOf(record.pid)?.started === record.started
    ? record.pid
    : undefined;
}

/** Starts one, if it does not run; what it writes is in `<log>/<name>.log`. */
export function startDaemon(settings, name, [command, ...args], options = {}) {
  if (runningDaemon(settings, name)) return;
  mkdirSync(folderOf(settings), { recursive: true });
  mkdirSync(settings.log, { recursive: true });
  const log = openSync(join(settings.log, `${name}.log`), 'a');
  const child = spawn(command, args, {
    ...options,
    cwd: settings.state,
    // A session of its own, by which its children are found when it has ended without them.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new Error(`${command} cannot be started`);
  child.unref();
  const file = fileOf(settings, name);
  writeFileSync(
    `${file}.new`,
    `${child.pid} ${processOf(child.pid)?.started} ${BOOT}`,
  );
  renameSync(`${file}.new`, file);
}

/** The process and its children. While one of the session lives the kernel gives its id to nobody else. */
function membersOf({ pid, started }) {
  const leader = processOf(pid);
  if (leader && leader.started !== started) return [];
  return processes().filter(({ session }) => session === pid);
}

/** Kills those of these names, and waits until they are gone. Nothing of them is kept, so there is nothing to end in order. */
export async function endDaemons(settings, names) {
  const deadline = Date.now() + ENDED_WITHIN_MILLIS;
  for (;;) {
    const alive = names
      .map(name => recorded(settings, name))
      .filter(record => record !== undefined)
      .flatMap(membersOf);
    if (alive.length === 0) break;
    if (Date.now() > deadline) {
      const pids = alive.map(({ pid }) => pid).join(', ');
      throw new Error(`Processes of the cluster do not end: ${pids}.`);
    }
    killAll(alive);
    await sleep(LOOK_EVERY_MILLIS);
  }
  for (const name of names) rmSync(fileOf(settings, name), { force: true });
}

export function killAll(victims) {
  for (const { pid, started } of victims) {
    if (processOf(pid)?.started !== started) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

function endOfLog(settings, name) {
  const file = join(settings.log, `${name}.log`);
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

/**
 * Waits until it is so.
 * @param names - daemons it takes
 * @throws an Error with the end of the log of one that has ended, or that it was not in time
 */
export async function untilSo(settings, what, names, isSo, millis = 60_000) {
  const deadline = Date.now() + millis;
  for (;;) {
    if (await isSo()) return;
    const ended = names.find(name => !runningDaemon(settings, name));
    if (ended) {
      throw new Error(
        `${what}: ${ended} has ended.\n${endOfLog(settings, ended)}`,
      );
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${what}: not within ${millis / 1_000} s. The logs are in ${
          settings.log
        }.`,
      );
    }
    await sleep(LOOK_EVERY_MILLIS);
  }
}

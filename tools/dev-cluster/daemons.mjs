// Processes of a development cluster that go on when the command that started them ends: recorded with when they started, so that
// another process that got the same id later is never ended.
import { spawn } from 'node:child_process';
import {
  openSync,
  closeSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MILLIS = 100;

/** When a process started, in ticks since the machine did; undefined when it has ended. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

const fileOf = ({ state }, name) => join(state, `${name}.pid`);

/** @returns the process id while it runs */
export function runningDaemon(settings, name) {
  const file = fileOf(settings, name);
  if (!existsSync(file)) return undefined;
  const [pid, started] = readFileSync(file, 'utf8').split(' ');
  return startOf(pid) === started ? Number(pid) : undefined;
}

/** Starts one, if it does not run; what it writes is in `<log>/<name>.log`. */
export function startDaemon(settings, name, [command, ...args]) {
  if (runningDaemon(settings, name)) return;
  const log = openSync(join(settings.log, `${name}.log`), 'a');
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new Error(`${command} cannot be started`);
  child.unref();
  writeFileSync(fileOf(settings, name), `${child.pid} ${startOf(child.pid)}`);
}

/** Ends those of these names, or all: told first, and killed where that is not enough. */
export async function endDaemons(settings, names, withinMillis = 10_000) {
  const all = readdirSync(settings.state)
    .filter(file => file.endsWith('.pid'))
    .map(file => file.slice(0, -'.pid'.length));
  const ending = all.filter(name => !names || names.includes(name));
  const kill = signal => {
    for (const name of ending) {
      const pid = runningDaemon(settings, name);
      if (pid !== undefined) process.kill(pid, signal);
    }
  };
  const areGone = () =>
    ending.every(name => runningDaemon(settings, name) === undefined);
  kill('SIGTERM');
  const deadline = Date.now() + withinMillis;
  while (!areGone() && Date.now() < deadline) await sleep(LOOK_EVERY_MILLIS);
  kill('SIGKILL');
  while (!areGone()) await sleep(LOOK_EVERY_MILLIS);
  for (const name of ending) rmSync(fileOf(settings, name), { force: true });
}

/** Waits until it is so. @throws an Error that says where logs are */
export async function untilSo(settings, what, isSo, withinMillis = 60_000) {
  const deadline = Date.now() + withinMillis;
  for (;;) {
    if (await isSo()) return;
    if (Date.now() > deadline) {
      throw new Error(
        `${what}: not within ${withinMillis / 1_000} s; the logs are in ${
          settings.log
        }`,
      );
    }
    await sleep(LOOK_EVERY_MILLIS);
  }
}

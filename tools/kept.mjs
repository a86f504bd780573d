// Processes that serve this one, and end with it at the latest: their standard input closes however this one ends, also by kill -9.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './terminal.mjs';

const END_MILLIS = 20_000;

/**
 * Starts one that says in one line of JSON how it is reached, or `{ problem }`, and that ends when its standard input does.
 *
 * @param name - for people
 * @param answerMillis - so long it may take until that line
 * @returns `{ answer, lines, stop }`: that line, and those that came after it, as they come
 * @throws an Error with the problem
 */
export async function startKept(name, [command, ...args], answerMillis) {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: Ctrl-C reaches it through its standard input, which closes.
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit').catch(() => undefined);
  async function stop() {
    child.stdin.end();
    const ended = await Promise.race([
      exited.then(() => true),
      sleep(END_MILLIS, false, { ref: false }),
    ]);
    if (!ended) say(`${name} did not end; its process is ${child.pid}.`);
  }
  const lines = [];
  const output = createInterface(child.stdout);
  const first = once(output, 'line').then(([line]) => line);
  output.on('line', line => lines.push(line));
  const line = await Promise.race([
    first,
    once(output, 'close').then(() => undefined),
    sleep(answerMillis, undefined, { ref: false }),
  ]);
  const answer = line
    ? JSON.parse(line)
    : { problem: `${name} did not start in time` };
  lines.shift();
  if (!answer.problem) return { answer, lines, stop };
  await stop();
  throw new Error(answer.problem);
}

// Child processes of the tools: run to the end, with their output kept for the case that they fail.
import { spawn } from 'node:child_process';
import { root } from './toolchain.mjs';

/**
 * Runs a command quietly, for so many milliseconds at most. @returns its output
 * @throws an Error with the last lines of the output when it fails
 */
export function capture(command, args, { env, cwd = root, timeout } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      timeout,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', chunk => chunks.push(chunk));
    child.stderr.on('data', chunk => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString();
      if (code === 0) resolve(output);
      else {
        const tail = output.trimEnd().split('\n').slice(-40).join('\n');
        reject(
          new Error(
            `${command} ${args.join(' ')} ended with ${
              signal ?? code
            }\n${tail}`,
          ),
        );
      }
    });
  });
}

/** Runs a command with its output shown. @returns its exit code */
export function show(command, args, { env, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 1 : code));
  });
}

/**
 * Does a work and then what ends it, which is done too when the process is told to end before.
 *
 * @returns what the work returned
 */
export async function endingOnSignals(work, end) {
  const interrupted = () => end().finally(() => process.exit(1));
  const signals = ['SIGINT', 'SIGTERM'];
  signals.forEach(signal => process.once(signal, interrupted));
  try {
    return await work();
  } finally {
    signals.forEach(signal => process.off(signal, interrupted));
    await end();
  }
}

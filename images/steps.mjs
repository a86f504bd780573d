// Runs the steps of a description, which make the files that it names.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fingerprint, readStamp, writeStamp } from '../tools/install.mjs';
import { capture } from '../tools/processes.mjs';
import { step } from '../tools/terminal.mjs';
import { nodeBinary, root } from '../tools/toolchain.mjs';
import { python } from './interpreters/python.mjs';

const STEP_MILLIS = 30 * 60_000;
/** In a Containerfile these are on the PATH of the stage. */
const PROGRAMS = { node: nodeBinary, python3: python.program };

function filesBelow(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .filter(name => name !== '__pycache__')
    .flatMap(name => filesBelow(posix.join(path, name)));
}

/** Runs what changed since the last time; a step without `output` knows that itself. */
export async function runSteps({ name, steps }, { env, isFresh }) {
  for (const [index, { run, inputs = [], output }] of steps.entries()) {
    const stamp = join(
      root,
      'node_modules/.konstellation/images',
      `${name}-${index}.stamp`,
    );
    const state = `${run} ${fingerprint(inputs.flatMap(filesBelow))}`;
    const isDone =
      output &&
      !isFresh &&
      existsSync(join(root, output)) &&
      readStamp(stamp) === state;
    if (isDone) continue;
    const [program, ...args] = run.split(' ');
    await step(run, () =>
      capture(PROGRAMS[program](), args, {
        // What Python compiles is the same each time only if the order of its sets is.
        env: { ...env, PYTHONHASHSEED: '0' },
        timeout: STEP_MILLIS,
      }),
    );
    writeStamp(stamp, state);
  }
}

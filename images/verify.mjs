// Runs the built images in a containerd of its own, confined as pods are, and says what it saw.
//   node images/verify.mjs [NAME …] --images DIR   DIR is the --out of images/build.mjs; exit 3 where images cannot be run here
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dim, fail, green, say, step } from '../tools/terminal.mjs';
import { NAMES } from './descriptions.mjs';
import { Containerd } from './verify/Containerd.mjs';
import { verifyNodeRunner } from './verify/nodeRunner.mjs';
import { verifyPortal } from './verify/portal.mjs';
import { verifyPythonInstall } from './verify/pythonInstall.mjs';
import { verifyRelease } from './verify/release.mjs';
import { whyNot } from './verify/requirements.mjs';

const CANNOT_RUN_HERE = 3;
/** Which images each part needs. */
const PARTS = [
  { run: verifyRelease, needs: ['krt-fetch', 'python', 'entrypoint'] },
  { run: verifyNodeRunner, needs: ['node'] },
  { run: verifyPythonInstall, needs: ['python'] },
  { run: verifyPortal, needs: ['portal'] },
];

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { images: { type: 'string' } },
  });
  if (!values.images) {
    throw new Error('Say where the images are: --images DIR');
  }
  const unknown = positionals.find(name => !NAMES.includes(name));
  if (unknown) throw new Error(`There is no image "${unknown}"`);
  const wanted = positionals.length > 0 ? positionals : NAMES;
  const parts = PARTS.filter(({ needs }) =>
    needs.some(name => wanted.includes(name)),
  );
  const folder = resolve(values.images);
  const files = Object.fromEntries(
    [...new Set(parts.flatMap(({ needs }) => needs))].map(name => [
      name,
      join(folder, `${name}.tar`),
    ]),
  );
  const missing = Object.values(files).find(file => !existsSync(file));
  if (missing) {
    throw new Error(
      `${missing} is not there: node images/build.mjs --out ${values.images}`,
    );
  }
  return { parts, files };
}

async function verify({ parts, files }, containerd) {
  const images = {};
  for (const [name, file] of Object.entries(files)) {
    await step(`Imported ${name}`, async () => {
      images[name] = await containerd.import(file);
    });
  }
  const context = {
    containerd,
    images,
    say: (name, seen) => say(`${green('✓')} ${name} ${dim(seen)}`),
  };
  for (const { run } of parts) await run(context);
}

async function main() {
  const options = readOptions();
  const reason = whyNot();
  if (reason) {
    say(`The images cannot be run here: ${reason}`);
    process.exitCode = CANNOT_RUN_HERE;
    return;
  }
  const containerd = await step('Started a containerd', () =>
    Containerd.start(),
  );
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, async () => {
      if (isStopping) return;
      isStopping = true;
      await containerd.stop();
      process.exit(1);
    });
  }
  try {
    await verify(options, containerd);
  } finally {
    await containerd.stop();
  }
}

main().catch(error => fail(error.message));

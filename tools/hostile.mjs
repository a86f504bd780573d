// Writes packages that must be refused, and some that must not, into a folder: NAME.krt, and expected.json with the code of
// each. For trying other readers, and `krt validate` itself.
//   node tools/hostile.mjs FOLDER
import { build } from 'esbuild';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fail, say } from './terminal.mjs';
import { root } from './toolchain.mjs';

const [folder] = process.argv.slice(2);
if (!folder) fail('Say where: node tools/hostile.mjs FOLDER');
const work = mkdtempSync(join(tmpdir(), 'krt-hostile-'));
const bundle = join(work, 'fixtures.cjs');
try {
  await build({
    entryPoints: [
      join(root, 'packages/krt/src/hostile/__testUtils__/index.ts'),
    ],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'error',
  });
  const { hostileFixtures } = createRequire(import.meta.url)(bundle);
  mkdirSync(folder, { recursive: true });
  const expected = {};
  for (const { name, expect, krt, isLarge, limits } of hostileFixtures) {
    // With other limits than the defaults, another reader would not say the same.
    if (isLarge || limits) continue;
    await pipeline(
      Readable.from(krt()),
      createWriteStream(join(folder, `${name}.krt`)),
    );
    expected[name] = expect;
  }
  writeFileSync(
    join(folder, 'expected.json'),
    `${JSON.stringify(expected, null, 2)}\n`,
  );
  say(`${Object.keys(expected).length} packages in ${folder}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

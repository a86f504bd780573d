/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { nodePlatform } from '../node';
import { readKrt } from '../readKrt';
import { hostileFixtures } from './__testUtils__';
import { bytesOf } from './__testUtils__/base';
import { askOracles, missingOracles } from './__testUtils__/oracles';

jest.setTimeout(120_000);

const root = resolve(__dirname, '../../../..');

async function gather(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function packagesIn(folder: string): Array<[string, Buffer]> {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(name => name.endsWith('.krt'))
    .map(name => [name, readFileSync(join(folder, name))]);
}

/** What people's own tar makes of a folder with all kinds of names. */
function packedByTar(): Array<[string, Buffer]> {
  const folder = mkdtempSync(join(tmpdir(), 'krt-names-'));
  const names = [
    'krt.yml',
    'a file with blanks.txt',
    'übergrößen/ñandú.txt',
    `docs/${'long/'.repeat(30)}file.md`,
    `docs/${'x'.repeat(120)}.md`,
    'empty',
    '-dash',
  ];
  try {
    for (const name of names) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, name === 'empty' ? '' : `content of ${name}`);
    }
    return ['gnu', 'oldgnu', 'pax', 'posix'].map(format => [
      `tar --format=${format}`,
      execFileSync('tar', ['-cz', `--format=${format}`, '-C', folder, '.']),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const missing = missingOracles();
(missing.length > 0 ? describe.skip : describe)(
  `what is accepted, read by GNU tar and Python${
    missing.length > 0 ? ` (not here: ${missing.join(', ')})` : ''
  }`,
  () => {
    it('has the same names and sizes for all three', async () => {
      const archives = new Map<string, Buffer>([
        ...packagesIn(join(root, 'examples/price-estimator')),
        ...packagesIn(join(root, '../shared/krt-samples')),
        ...packedByTar(),
      ]);
      for (const { name, expect: expected, krt, isLarge } of hostileFixtures) {
        if (expected === 'accepted' && !isLarge) {
          archives.set(name, await gather(krt()));
        }
      }
      const ours = new Map(
        await Promise.all(
          [...archives].map(async ([name, bytes]) => {
            const { files } = await readKrt(bytesOf(bytes), {
              platform: nodePlatform,
              limits: { ratio: 1_000 },
            });
            const listed = files
              .map(({ path, size }) => ({ path, size }))
              .sort((a, b) => (a.path < b.path ? -1 : 1));
            return [name, listed] as const;
          }),
        ),
      );
      expect(archives.size).toBeGreaterThan(15);
      for (const [name, { tar, python }] of askOracles(archives)) {
        expect([name, 'tar', tar]).toEqual([name, 'tar', ours.get(name)]);
        expect([name, 'python', python]).toEqual([
          name,
          'python',
          ours.get(name),
        ]);
      }
    });
  },
);

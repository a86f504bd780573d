/** @jest-environment node */
import {
  paxRecord,
  tarEntry,
  type TarEntryOptions,
} from '../__testUtils__/tarEntry';
import { DEFAULT_LIMITS } from '../limits';
import { KrtReadError } from '../problems';
import type { KrtProblem } from '../types';
import { readTar } from './readTar';
import { tarChunks, type PackEntry } from './writeTar';

async function* chunks(data: Uint8Array, size: number) {
  for (let at = 0; at < data.length; at += size) {
    yield data.subarray(at, at + size);
  }
}

const END = Buffer.alloc(1024);

async function list(
  parts: Buffer[],
  options: {
    chunkSize?: number;
    entries?: number;
    onRefused?: (problem: KrtProblem) => void;
  } = {},
) {
  const { chunkSize = 100, onRefused } = options;
  const limits = {
    ...DEFAULT_LIMITS,
    entries: options.entries ?? DEFAULT_LIMITS.entries,
  };
  const found: Record<string, string> = {};
  for await (const file of readTar(chunks(Buffer.concat(parts), chunkSize), {
    limits,
    onRefused,
  })) {
    const content: Uint8Array[] = [];
    for await (const chunk of file.content) content.push(chunk);
    found[file.path] = Buffer.concat(content).toString();
  }
  return found;
}

async function refusalOf(
  parts: Buffer[],
  options = {},
): Promise<KrtProblem | undefined> {
  try {
    await list(parts, options);
    return undefined;
  } catch (error) {
    if (error instanceof KrtReadError) return error.problem;
    throw error;
  }
}

const pax = (...records: Buffer[]) =>
  tarEntry({ name: 'pax', type: 'x', content: Buffer.concat(records) });

const base256 = (first: number, value: number) => {
  const field = Buffer.alloc(12);
  field[0] = first;
  field.writeUInt32BE(value, 8);
  return field;
};

async function writeTar(entries: readonly PackEntry[]): Promise<Buffer> {
  const files = entries.map(entry => ({
    ...entry,
    size: entry.content.length,
    content: (async function* content() {
      yield entry.content;
    })(),
  }));
  const parts: Uint8Array[] = [];
  for await (const part of tarChunks(files)) parts.push(part);
  return Buffer.concat(parts);
}

describe('readTar', () => {
  it.each([1, 511, 512, 513, 5000])(
    'reads the same from chunks of %i bytes',
    async chunkSize => {
      const tar = Buffer.from(
        await writeTar([
          { path: 'b', content: Buffer.alloc(1025, 'b') },
          { path: `deep/${'é'.repeat(90)}/a`, content: Buffer.from('a') },
          { path: 'empty', content: Buffer.alloc(0) },
        ]),
      );
      expect(await list([tar], { chunkSize })).toEqual({
        b: 'b'.repeat(1025),
        [`deep/${'é'.repeat(90)}/a`]: 'a',
        empty: '',
      });
    },
  );

  it.each<[string, Buffer[], string]>([
    ['a leading ./', [tarEntry({ name: './a' })], 'a'],
    [
      'folders, missing and repeated',
      [
        tarEntry({ name: './', type: '5' }),
        tarEntry({ name: 'd/a' }),
        tarEntry({ name: 'd/', type: '5' }),
        tarEntry({ name: 'd', type: '5' }),
      ],
      'd/a',
    ],
    [
      'a folder of the oldest kind',
      [tarEntry({ name: 'd/', type: '\0' }), tarEntry({ name: 'd/a' })],
      'd/a',
    ],
    ['a prefix', [tarEntry({ name: 'a', prefix: 'd/e' })], 'd/e/a'],
    [
      'a long name of GNU tar',
      [
        tarEntry({ name: '././@LongLink', type: 'L', content: 'd/long\0' }),
        tarEntry({ name: 'd/lo', magic: 'ustar  \0' }),
      ],
      'd/long',
    ],
    [
      'a name in a PAX header',
      [pax(paxRecord('path', 'd/name')), tarEntry({ name: 'd/na' })],
      'd/name',
    ],
    [
      'the comment git writes',
      [
        tarEntry({
          name: 'pax_global_header',
          type: 'g',
          content: paxRecord('comment', 'a'.repeat(40)),
        }),
        tarEntry({ name: 'a' }),
      ],
      'a',
    ],
    [
      'binary extended attributes',
      [
        pax(
          paxRecord('SCHILY.xattr.user.x', Buffer.from([0xff, 0x00, 0x0a])),
          paxRecord('path', 'a'),
        ),
        tarEntry({ name: 'b' }),
      ],
      'a',
    ],
    [
      'a size in base 256',
      [tarEntry({ name: 'a', content: '', sizeField: base256(0x80, 0) })],
      'a',
    ],
  ])('understands %s', async (_, entries, path) => {
    expect(Object.keys(await list([...entries, END]))).toEqual([path]);
  });

  it.each<[string, TarEntryOptions[], string]>([
    [
      'a file named like a folder',
      [{ name: 'a/', type: '0' }],
      'archive-entry-type',
    ],
    [
      'a prefix some programs do not see',
      [{ name: 'a', prefix: 'd', magic: 'ustar  \0' }],
      'archive-header',
    ],
    [
      'a folder with content',
      [{ name: 'a/', type: '5', content: 'x' }],
      'archive-folder-content',
    ],
    [
      'a negative size',
      [{ name: 'a', sizeField: base256(0xff, 1) }],
      'archive-number',
    ],
    [
      'a size beyond all limits',
      [{ name: 'a', sizeField: Buffer.alloc(12, 0x8f) }],
      'archive-number',
    ],
    [
      'a size that is no number',
      [{ name: 'a', sizeField: Buffer.from('00000000009\0') }],
      'archive-number',
    ],
    [
      'a blank size',
      [{ name: 'a', sizeField: Buffer.from(' '.repeat(12)) }],
      'archive-number',
    ],
    [
      'a size of more than is there',
      [{ name: 'a', size: 9e6 }],
      'archive-truncated',
    ],
    [
      'a malformed PAX record',
      [{ name: 'p', type: 'x', content: '99 path=b\n' }, { name: 'a' }],
      'archive-pax',
    ],
    [
      'an empty PAX name',
      [{ name: 'p', type: 'x', content: paxRecord('path', '') }, { name: 'a' }],
      'archive-pax',
    ],
    [
      'names in another encoding',
      [
        { name: 'p', type: 'x', content: paxRecord('hdrcharset', 'BINARY') },
        { name: 'a' },
      ],
      'archive-pax',
    ],
    [
      'a name for all entries',
      [
        { name: 'g', type: 'g', content: paxRecord('path', 'b') },
        { name: 'a' },
      ],
      'archive-pax',
    ],
    [
      'a sparse file of PAX',
      [
        { name: 'p', type: 'x', content: paxRecord('GNU.sparse.major', '1') },
        { name: 'a' },
      ],
      'archive-entry-type',
    ],
    [
      'a huge extended header',
      [{ name: 'p', type: 'x', size: 1e6 }],
      'archive-pax',
    ],
    [
      'an extended header at the end',
      [{ name: 'p', type: 'x', content: paxRecord('path', 'b') }],
      'archive-pax',
    ],
    [
      'a hard link with content',
      [{ name: 'a', type: '1', content: 'x' }],
      'archive-entry-type',
    ],
  ])('refuses %s', async (_, entries, code) => {
    const problem = await refusalOf([...entries.map(tarEntry), END]);
    expect(problem?.code).toBe(code);
  });

  it('refuses a name that is not UTF-8, and shows what it can of it', async () => {
    const entry = tarEntry({ name: 'a' });
    entry[1] = 0xe9;
    // The checksum holds the byte that was added.
    entry.write(
      (Number.parseInt(entry.toString('latin1', 148, 154), 8) + 0xe9)
        .toString(8)
        .padStart(6, '0'),
      148,
    );
    expect(await refusalOf([entry, END])).toMatchObject({
      code: 'archive-name-encoding',
      file: 'a\ufffd',
    });
  });

  it('refuses one zero block at the end, and none', async () => {
    const entry = tarEntry({ name: 'a' });
    const problem = { code: 'archive-truncated' };
    expect(await refusalOf([entry])).toMatchObject(problem);
    expect(await refusalOf([entry, Buffer.alloc(512)])).toMatchObject(problem);
  });

  it('counts folders that have no entry of their own', async () => {
    const entries = [
      tarEntry({ name: 'a/b/c/d' }),
      tarEntry({ name: 'e/f/g/h' }),
      END,
    ];
    expect(await refusalOf(entries, { entries: 8 })).toBeUndefined();
    expect(await refusalOf(entries, { entries: 7 })).toMatchObject({
      code: 'archive-entries',
      file: 'e/f/g/h',
    });
  });

  it('goes on after entries that are refused by themselves, if asked to', async () => {
    const problems: KrtProblem[] = [];
    const files = await list(
      [
        tarEntry({ name: 'link', type: '2' }),
        tarEntry({ name: '../up', content: 'not read' }),
        tarEntry({ name: 'a', content: 'read' }),
        tarEntry({ name: 'A', content: 'not read' }),
        END,
      ],
      { onRefused: problem => problems.push(problem) },
    );
    expect(files).toEqual({ a: 'read' });
    expect(problems).toMatchObject([
      { code: 'archive-entry-type', file: 'link' },
      { code: 'archive-path-outside', file: '../up' },
      { code: 'archive-name-collision', file: 'A' },
    ]);
  });

  it('ends its source when it is left', async () => {
    let ended = false;
    async function* source() {
      try {
        yield Buffer.concat([tarEntry({ name: 'a' }), tarEntry({ name: 'b' })]);
        yield END;
      } finally {
        ended = true;
      }
    }
    for await (const file of readTar(source(), { limits: DEFAULT_LIMITS })) {
      expect(file.path).toBe('a');
      break;
    }
    expect(ended).toBe(true);
  });
});

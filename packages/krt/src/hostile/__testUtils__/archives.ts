import { gzipSync } from 'node:zlib';
import { paxRecord, tarEntry } from '../../__testUtils__/tarEntry';
import {
  baseEntries,
  bytesOf,
  END,
  gzipped,
  gzippedStream,
  withEntries,
  type HostileFixture,
} from './base';

const whole = () => Buffer.concat([...baseEntries(), END]);

function base256(first: number, last: number): Buffer {
  const field = Buffer.alloc(12);
  field[0] = first;
  field[11] = last;
  return field;
}

function pax(...records: Buffer[]): Buffer {
  return tarEntry({ name: 'pax', type: 'x', content: Buffer.concat(records) });
}

/** An entry whose name has a byte that is no UTF-8, with the right checksum. */
function latin1Name(): Buffer {
  const entry = tarEntry({ name: 'caf' });
  entry[3] = 0xe9;
  const sum = Number.parseInt(entry.toString('latin1', 148, 154), 8) + 0xe9;
  entry.write(sum.toString(8).padStart(6, '0'), 148);
  return entry;
}

/** What begins the gzip stream and what follows it. */
export const gzipFixtures: HostileFixture[] = [
  {
    name: 'empty-file',
    expect: 'archive-truncated',
    krt: () => bytesOf(Buffer.alloc(0)),
  },
  {
    name: 'no-gzip',
    expect: 'archive-gzip',
    krt: () => bytesOf(Buffer.from('PK\u0003\u0004 a zip')),
  },
  {
    name: 'two-members',
    expect: 'archive-trailing-data',
    krt: () => bytesOf(Buffer.concat([gzipSync(whole()), gzipSync('more')])),
  },
  {
    name: 'data-after-gzip',
    expect: 'archive-trailing-data',
    krt: () => bytesOf(Buffer.concat([gzipSync(whole()), Buffer.from('more')])),
  },
  {
    name: 'zeros-after-gzip',
    expect: 'archive-trailing-data',
    krt: () => bytesOf(Buffer.concat([gzipSync(whole()), Buffer.alloc(10)])),
  },
  {
    name: 'wrong-crc',
    expect: 'archive-gzip',
    krt: () => {
      const krt = gzipSync(whole());
      krt[krt.length - 8]! ^= 1;
      return bytesOf(krt);
    },
  },
  {
    name: 'wrong-length',
    expect: 'archive-gzip',
    krt: () => {
      const krt = gzipSync(whole());
      krt[krt.length - 4]! ^= 1;
      return bytesOf(krt);
    },
  },
  ...[5, 15, 100, -20, -9, -8, -1].map(
    (at): HostileFixture => ({
      name: `cut-at-${at}`,
      expect: 'archive-truncated',
      krt: () => bytesOf(gzipSync(whole()).subarray(0, at)),
    }),
  ),
  {
    name: 'flipped-bits',
    expect: 'archive-gzip',
    krt: () => {
      const krt = gzipSync(whole());
      krt.fill(0xff, 60, 90);
      return bytesOf(krt);
    },
  },
];

/** What is in the tar itself. */
export const tarFixtures: HostileFixture[] = [
  {
    name: 'no-tar',
    expect: 'archive-checksum',
    krt: () => gzipped(Buffer.from('krt.yml without a tar'.repeat(100))),
  },
  {
    name: 'bad-checksum',
    expect: 'archive-checksum',
    krt: withEntries(tarEntry({ name: 'a', breakChecksum: true })),
  },
  {
    name: 'cut-in-header',
    expect: 'archive-truncated',
    krt: () => gzipped(whole().subarray(0, 700)),
  },
  {
    name: 'cut-in-content',
    expect: 'archive-truncated',
    krt: () => gzipped(whole().subarray(0, 512 + 100)),
  },
  {
    name: 'no-end-mark',
    expect: 'archive-truncated',
    krt: () => gzipped(Buffer.concat(baseEntries())),
  },
  {
    name: 'half-an-end-mark',
    expect: 'archive-truncated',
    krt: () => gzipped(Buffer.concat([...baseEntries(), Buffer.alloc(512)])),
  },
  {
    name: 'data-after-end',
    expect: 'archive-trailing-data',
    krt: () =>
      gzipped(Buffer.concat([whole(), tarEntry({ name: 'hidden' }), END])),
  },
  {
    name: 'too-much-padding',
    expect: 'archive-trailing-data',
    krt: () => gzipped(Buffer.concat([whole(), Buffer.alloc(2 * 1024 * 1024)])),
  },
  {
    name: 'padding-of-10-KiB',
    expect: 'accepted',
    krt: () => gzipped(Buffer.concat([whole(), Buffer.alloc(9 * 1024)])),
  },
  {
    name: 'negative-size',
    expect: 'archive-number',
    krt: withEntries(tarEntry({ name: 'a', sizeField: base256(0xff, 1) })),
  },
  {
    name: 'base-256-beyond-limits',
    expect: 'archive-number',
    krt: withEntries(
      tarEntry({ name: 'a', sizeField: Buffer.alloc(12, 0x8f) }),
    ),
  },
  {
    name: 'base-256-of-two-bytes',
    expect: 'accepted',
    krt: withEntries(
      tarEntry({ name: 'a', content: 'ab', sizeField: base256(0x80, 2) }),
    ),
  },
  {
    name: 'size-no-number',
    expect: 'archive-number',
    krt: withEntries(
      tarEntry({ name: 'a', sizeField: Buffer.from('0000000000z\0') }),
    ),
  },
  {
    name: 'pax-size-against-header',
    expect: 'archive-size',
    krt: withEntries(
      pax(paxRecord('size', '9')),
      tarEntry({ name: 'a', content: 'abc' }),
    ),
  },
  {
    name: 'pax-size-no-number',
    expect: 'archive-pax',
    krt: withEntries(
      pax(paxRecord('size', '-3')),
      tarEntry({ name: 'a', content: 'abc' }),
    ),
  },
  {
    name: 'pax-before-gnu-name',
    expect: 'archive-long-name',
    krt: withEntries(
      pax(paxRecord('path', 'b')),
      tarEntry({ name: 'l', type: 'L', content: 'c\0' }),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'gnu-name-before-pax',
    expect: 'archive-long-name',
    krt: withEntries(
      tarEntry({ name: 'l', type: 'L', content: 'c\0' }),
      pax(paxRecord('path', 'b')),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'two-gnu-names',
    expect: 'archive-long-name',
    krt: withEntries(
      tarEntry({ name: 'l', type: 'L', content: 'b\0' }),
      tarEntry({ name: 'l', type: 'L', content: 'c\0' }),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'two-pax-headers',
    expect: 'archive-pax',
    krt: withEntries(
      pax(paxRecord('path', 'b')),
      pax(paxRecord('path', 'c')),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'pax-wrong-length',
    expect: 'archive-pax',
    krt: withEntries(
      tarEntry({ name: 'p', type: 'x', content: '99 path=b\n' }),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'pax-name-in-latin1',
    expect: 'archive-name-encoding',
    krt: withEntries(
      pax(paxRecord('path', Buffer.from([0x63, 0xe9]))),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'pax-other-charset',
    expect: 'archive-pax',
    krt: withEntries(
      pax(paxRecord('hdrcharset', 'BINARY')),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'pax-for-all',
    expect: 'archive-pax',
    krt: withEntries(
      tarEntry({ name: 'g', type: 'g', content: paxRecord('path', 'b') }),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'pax-size-for-all',
    expect: 'archive-pax',
    krt: withEntries(
      tarEntry({ name: 'g', type: 'g', content: paxRecord('size', '5') }),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'pax-huge',
    expect: 'archive-pax',
    krt: withEntries(
      tarEntry({
        name: 'p',
        type: 'x',
        content: paxRecord('comment', 'x'.repeat(100_000)),
      }),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'git-archive',
    expect: 'accepted',
    krt: () =>
      gzipped(
        Buffer.concat([
          tarEntry({
            name: 'pax_global_header',
            type: 'g',
            content: paxRecord('comment', 'a'.repeat(40)),
          }),
          ...baseEntries(),
          END,
        ]),
      ),
  },
  {
    name: 'prefix-of-gnu',
    expect: 'archive-header',
    krt: withEntries(tarEntry({ name: 'a', prefix: 'd', magic: 'ustar  \0' })),
  },
  {
    name: 'file-or-folder-by-name',
    expect: 'archive-header',
    krt: withEntries(
      pax(paxRecord('path', 'q')),
      tarEntry({
        name: 'd/',
        type: '\0',
        content: tarEntry({ name: 'hidden.py', content: 'evil' }),
      }),
    ),
  },
  {
    name: 'folder-or-file-by-name',
    expect: 'archive-header',
    krt: withEntries(
      tarEntry({ name: 'l', type: 'L', content: 'q/\0' }),
      tarEntry({ name: 'd', type: '\0' }),
    ),
  },
  {
    name: 'folder-with-content',
    expect: 'archive-folder-content',
    krt: withEntries(tarEntry({ name: 'd/', type: '5', content: 'x' })),
  },
  ...[
    ['hard-link', '1'],
    ['symlink', '2'],
    ['character-device', '3'],
    ['block-device', '4'],
    ['fifo', '6'],
    ['sparse', 'S'],
    ['multi-volume', 'M'],
    ['unknown-type', 'Z'],
  ].map(
    ([name = '', type]): HostileFixture => ({
      name,
      expect: 'archive-entry-type',
      krt: withEntries(tarEntry({ name: 'a', type })),
    }),
  ),
  {
    name: 'sparse-of-pax',
    expect: 'archive-entry-type',
    krt: withEntries(
      pax(paxRecord('GNU.sparse.major', '1')),
      tarEntry({ name: 'a' }),
    ),
  },
];

/** Names that lead elsewhere or mean two things. */
export const nameFixtures: HostileFixture[] = [
  ...(
    [
      ['absolute', '/etc/passwd', 'archive-path-absolute'],
      ['drive-letter', 'C:/x', 'archive-path-absolute'],
      ['drive-letter-after-dot', './C:/x', 'archive-path-absolute'],
      ['parent', '../x', 'archive-path-outside'],
      ['parent-inside', 'a/../../x', 'archive-path-outside'],
      ['parent-that-stays-inside', 'a/../b', 'archive-path-outside'],
      ['backslash', 'a\\b', 'archive-path-backslash'],
      ['backslash-parent', '..\\x', 'archive-path-backslash'],
      ['line-break', 'a\nb', 'archive-path-control'],
      ['escape', 'a\u001b[31m', 'archive-path-control'],
      ['no-name', './', 'archive-entry-type'],
      ['file-named-like-a-folder', 'a/', 'archive-entry-type'],
    ] as const
  ).map(
    ([name, path, code]): HostileFixture => ({
      name,
      expect: code,
      krt: withEntries(tarEntry({ name: path })),
    }),
  ),
  {
    name: 'nul-in-pax-name',
    expect: 'archive-path-control',
    krt: withEntries(pax(paxRecord('path', 'a\0b')), tarEntry({ name: 'a' })),
  },
  {
    name: 'latin1-name',
    expect: 'archive-name-encoding',
    krt: withEntries(latin1Name()),
  },
  ...(
    [
      ['same-file', 'a', 'a', 'archive-duplicate-file'],
      ['same-file-with-dot', 'a', './a', 'archive-duplicate-file'],
      ['same-file-with-slashes', 'd/a', 'd//a', 'archive-duplicate-file'],
      ['case', 'src/A', 'src/a', 'archive-name-collision'],
      ['case-of-folder', 'src/b', 'SRC/c', 'archive-name-collision'],
      ['nfc-and-nfd', '\u00e9', 'e\u0301', 'archive-name-collision'],
      ['ligature', '\ufb01le', 'file', 'archive-name-collision'],
      ['sharp-s', 'stra\u00dfe', 'strasse', 'archive-name-collision'],
      [
        'capital-sharp-s',
        'stra\u1e9ee',
        'stra\u00dfe',
        'archive-name-collision',
      ],
      ['kelvin', '\u212a', 'k', 'archive-name-collision'],
      ['dotless-i', '\u0130', 'i\u0307', 'archive-name-collision'],
      ['final-sigma', '\u03c2', '\u03c3', 'archive-name-collision'],
      ['file-then-folder', 'a', 'a/b', 'archive-file-and-folder'],
      ['folder-then-file', 'a/b', 'a', 'archive-file-and-folder'],
    ] as const
  ).map(
    ([name, first, second, code]): HostileFixture => ({
      name: `collision-${name}`,
      expect: code,
      krt: withEntries(tarEntry({ name: first }), tarEntry({ name: second })),
    }),
  ),
  {
    name: 'two-manifests',
    expect: 'manifest-twice',
    krt: withEntries(tarEntry({ name: 'krt.yaml', content: 'version: a' })),
  },
  {
    name: 'manifest-twice',
    expect: 'archive-duplicate-file',
    krt: withEntries(tarEntry({ name: './krt.yml', content: 'version: a' })),
  },
  {
    name: 'no-manifest',
    expect: 'manifest-missing',
    krt: () =>
      gzipped(Buffer.concat([...baseEntries({ 'krt.yml': undefined }), END])),
  },
  {
    name: 'wrapped',
    expect: 'archive-wrapped',
    krt: () =>
      gzipped(
        Buffer.concat([
          tarEntry({ name: 'price-v1/krt.yml', content: 'version: a' }),
          END,
        ]),
      ),
  },
];

async function* manyEntries(count: number): AsyncGenerator<Uint8Array> {
  yield Buffer.concat(baseEntries());
  // The base has four files and two folders, and the folder of these is one more.
  const more = count - 7;
  for (let at = 0; at < more; at += 1_000) {
    const some = Math.min(1_000, more - at);
    yield Buffer.concat(
      Array.from({ length: some }, (_, index) =>
        tarEntry({ name: `many/${at + index}` }),
      ),
    );
  }
  yield END;
}

async function* zeros(bytes: number): AsyncGenerator<Uint8Array> {
  yield Buffer.concat(baseEntries());
  yield tarEntry({ name: 'zeros', size: bytes }).subarray(0, 512);
  const chunk = Buffer.alloc(1024 * 1024);
  for (let left = bytes; left > 0; left -= chunk.length) {
    yield chunk.subarray(0, Math.min(left, chunk.length));
  }
  yield END;
}

const MiB = 1024 * 1024;

/** Sizes, counts and proportions. */
export const limitFixtures: HostileFixture[] = [
  {
    name: 'path-of-512-bytes',
    expect: 'accepted',
    krt: withEntries(
      pax(
        paxRecord(
          'path',
          `${'d/'.repeat(5)}${'x'.repeat(240)}/${'y'.repeat(241 + 20)}`.slice(
            0,
            512,
          ),
        ),
      ),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'path-of-513-bytes',
    expect: 'archive-path-length',
    krt: withEntries(
      pax(paxRecord('path', 'x'.repeat(513))),
      tarEntry({ name: 'a' }),
    ),
  },
  {
    name: 'depth-of-32',
    expect: 'accepted',
    krt: withEntries(tarEntry({ name: `${'d/'.repeat(31)}a` })),
  },
  {
    name: 'depth-of-33',
    expect: 'archive-path-depth',
    krt: withEntries(tarEntry({ name: `${'d/'.repeat(32)}a` })),
  },
  {
    name: 'packed-size',
    expect: 'archive-packed-size',
    krt: withEntries(),
    limits: { packedSize: 100 },
  },
  {
    name: 'unpacked-size',
    expect: 'archive-unpacked-size',
    krt: withEntries(tarEntry({ name: 'a', content: 'x'.repeat(2_000) })),
    limits: { unpackedSize: 2_000 },
  },
  {
    name: 'gzip-bomb',
    expect: 'archive-ratio',
    krt: () => gzippedStream(zeros(256 * MiB)),
    most: 10_000,
    isLarge: true,
  },
  {
    name: 'ratio-just-under',
    expect: 'accepted',
    krt: () => gzippedStream(zeros(40 * MiB)),
    limits: { ratio: 240 },
    most: 10_000,
  },
  {
    name: 'ratio-just-over',
    expect: 'archive-ratio',
    krt: () => gzippedStream(zeros(40 * MiB)),
    limits: { ratio: 210 },
    most: 10_000,
  },
  {
    name: 'entries-100000',
    expect: 'accepted',
    krt: () => gzippedStream(manyEntries(100_000)),
    limits: { ratio: 1_000 },
    most: 60_000,
    isLarge: true,
  },
  {
    name: 'entries-100001',
    expect: 'archive-entries',
    krt: () => gzippedStream(manyEntries(100_001)),
    limits: { ratio: 1_000 },
    most: 60_000,
    isLarge: true,
  },
  {
    name: 'five-GiB-of-zeros',
    expect: 'archive-ratio',
    krt: () => gzippedStream(zeros(5 * 1024 * MiB)),
    most: 120_000,
    isLarge: true,
  },
];

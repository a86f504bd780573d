/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { tarEntry } from './__testUtils__/tarEntry';
import { nodePlatform } from './node';
import { packKrt } from './packKrt';
import { webPlatform } from './platform';
import { readKrt } from './readKrt';
import type { KrtFile, KrtReadResult } from './types';

const samples = resolve(__dirname, '../../../../shared/krt-samples');

const MANIFEST = `version: price-v1
description: Estimates prices.
entrypoint:
  proto: public_input.proto
  image: konstellation/kre-entrypoint:1.0.0
config:
  variables:
    - CURRENCY
nodes:
  - name: etl
    image: konstellation/kre-py:1.22.0
    src: src/etl/main.py
workflows:
  - name: price
    entrypoint: Estimate
    sequential:
      - etl
`;
const PROTO = `syntax = "proto3";
package price;
message Request { string name = 1; repeated double rooms = 2; }
message Response { double price = 1; }
service Prices { rpc Estimate (Request) returns (Response); }
`;

const bytes = (text: string) => new TextEncoder().encode(text);

function files(change: Record<string, string | undefined> = {}) {
  const all: Record<string, string | undefined> = {
    'krt.yml': MANIFEST,
    'public_input.proto': PROTO,
    'src/etl/main.py': 'def handler(ctx, data): return data',
    'docs/README.md': '# Prices',
    ...change,
  };
  return Object.entries(all).flatMap(([path, text]) =>
    text === undefined ? [] : [{ path, content: bytes(text) }],
  );
}

async function* chunks(data: Uint8Array, size = 1000) {
  for (let at = 0; at < data.length; at += size) {
    yield data.subarray(at, at + size);
  }
}

const read = (data: Uint8Array, options = {}) =>
  readKrt(chunks(data), { platform: nodePlatform, ...options });

const codes = (result: KrtReadResult) =>
  result.problems
    .filter(problem => problem.severity === 'error')
    .map(problem => problem.code);

function tarOf(...entries: Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

describe.each([
  ['Node', nodePlatform],
  ['web', webPlatform],
])('readKrt on the %s platform', (_, platform) => {
  it('reads a package', async () => {
    const krt = await packKrt(files());
    const result = await readKrt(chunks(krt), { platform });

    expect(result.problems).toEqual([]);
    expect(result.manifest).toMatchObject({
      version: 'price-v1',
      config: { variables: ['CURRENCY'], files: [] },
      nodes: [{ name: 'etl', src: 'src/etl/main.py', gpu: false, line: 10 }],
      workflows: [
        { name: 'price', entrypoint: 'Estimate', sequential: ['etl'] },
      ],
    });
    expect(result.proto).toMatchObject({
      package: 'price',
      service: 'price.Prices',
      rpcs: [
        {
          name: 'Estimate',
          requestType: 'price.Request',
          example: { name: 'name', rooms: [0] },
        },
      ],
    });
    expect(result.digest).toBe(
      `sha256:${createHash('sha256').update(krt).digest('hex')}`,
    );
    expect(result.size).toBe(krt.length);
    expect(result.files.map(file => file.path)).toEqual([
      'docs/README.md',
      'krt.yml',
      'public_input.proto',
      'src/etl/main.py',
    ]);
    expect(result.files[0]?.sha256).toBe(
      createHash('sha256').update('# Prices').digest('hex'),
    );
  });

  it.each([
    ['no gzip', Buffer.from('not a package'), 'archive-gzip'],
    [
      'two gzip members',
      Buffer.concat([gzipSync('a'), gzipSync('b')]),
      'archive-trailing-data',
    ],
  ])('refuses %s', async (__, data, code) => {
    expect(codes(await readKrt(chunks(data), { platform }))).toContain(code);
  });

  it('refuses a package that is cut off, wherever', async () => {
    const krt = await packKrt(files());
    for (const cut of [1, 20, krt.length - 9, krt.length - 1]) {
      const result = await readKrt(chunks(krt.subarray(0, cut)), { platform });
      expect(result.manifest).toBeUndefined();
      expect(codes(result)).not.toEqual([]);
    }
  });
});

describe('the archive', () => {
  it('packs the same bytes every time', async () => {
    const once = await packKrt(files());
    expect(await packKrt(files().reverse())).toEqual(once);
  });

  it.each([
    ['../up', 'leads out of the package'],
    ['KRT.yml', 'are the same name'],
    ['krt.yml', 'is in the archive twice'],
  ])('does not pack %s', async (path, reason) => {
    await expect(
      packKrt([...files(), { path, content: bytes('') }]),
    ).rejects.toThrow(reason);
  });

  const ok = tarEntry({ name: 'krt.yml', content: MANIFEST });
  it.each([
    [
      'an absolute path',
      [tarEntry({ name: '/etc/x' })],
      'archive-path-absolute',
    ],
    ['a drive letter', [tarEntry({ name: 'C:x' })], 'archive-path-absolute'],
    ['..', [tarEntry({ name: 'a/../../x' })], 'archive-path-outside'],
    ['a backslash', [tarEntry({ name: 'a\\b' })], 'archive-path-backslash'],
    [
      'a control character',
      [tarEntry({ name: 'a\nb' })],
      'archive-path-control',
    ],
    [
      'a file twice',
      [tarEntry({ name: 'a' }), tarEntry({ name: './a' })],
      'archive-duplicate-file',
    ],
    [
      'names that differ in case',
      [tarEntry({ name: 'src/A' }), tarEntry({ name: 'SRC/b' })],
      'archive-name-collision',
    ],
    [
      'names that differ in normalisation',
      [tarEntry({ name: 'e\u0301' }), tarEntry({ name: '\u00e9' })],
      'archive-name-collision',
    ],
    [
      'a file where a folder stands',
      [tarEntry({ name: 'a/b' }), tarEntry({ name: 'a' })],
      'archive-file-and-folder',
    ],
    [
      'a symbolic link',
      [tarEntry({ name: 'a', type: '2' })],
      'archive-entry-type',
    ],
    ['a hard link', [tarEntry({ name: 'a', type: '1' })], 'archive-entry-type'],
    ['a device', [tarEntry({ name: 'a', type: '3' })], 'archive-entry-type'],
    ['a FIFO', [tarEntry({ name: 'a', type: '6' })], 'archive-entry-type'],
    [
      'a sparse file',
      [tarEntry({ name: 'a', type: 'S' })],
      'archive-entry-type',
    ],
    [
      'an unknown type',
      [tarEntry({ name: 'a', type: 'Z' })],
      'archive-entry-type',
    ],
    [
      'a wrong checksum',
      [tarEntry({ name: 'a', breakChecksum: true })],
      'archive-checksum',
    ],
    [
      'a PAX size that contradicts',
      [
        tarEntry({ name: 'p', type: 'x', content: '10 size=9\n' }),
        tarEntry({ name: 'a', content: 'abc' }),
      ],
      'archive-size',
    ],
    [
      'PAX and GNU names for one file',
      [
        tarEntry({ name: 'p', type: 'x', content: '10 path=b\n' }),
        tarEntry({ name: 'l', type: 'L', content: 'c\0' }),
        tarEntry({ name: 'a' }),
      ],
      'archive-long-name',
    ],
  ])('refuses %s', async (_, entries, code) => {
    const result = await read(tarOf(ok, ...entries));
    expect(codes(result)).toContain(code);
    expect(result.manifest).toBeUndefined();
  });

  it('refuses data after the end mark', async () => {
    const tar = Buffer.concat([ok, Buffer.alloc(1024), ok]);
    expect(codes(await read(gzipSync(tar)))).toContain('archive-trailing-data');
  });

  it.each([
    ['unpackedSize', { unpackedSize: 10 }, 'archive-unpacked-size'],
    ['packedSize', { packedSize: 10 }, 'archive-packed-size'],
    ['entries', { entries: 2 }, 'archive-entries'],
    ['pathLength', { pathLength: 10 }, 'archive-path-length'],
    ['pathDepth', { pathDepth: 1 }, 'archive-path-depth'],
    ['manifestSize', { manifestSize: 10 }, 'manifest-size'],
  ])('keeps to the limit of %s', async (_, limits, code) => {
    const result = await read(await packKrt(files()), { limits });
    expect(codes(result)).toContain(code);
  });

  it('refuses a gzip bomb', async () => {
    const content = '\0'.repeat(64 * 1024 * 1024);
    const bomb = tarOf(ok, tarEntry({ name: 'zeros', content }));
    expect(codes(await read(bomb))).toContain('archive-ratio');
    // 64 MiB are packed before: that takes its time on a busy machine.
  }, 60_000);

  it('says how to pack a package that lies in a folder', async () => {
    const wrapped = files().map(file => ({ ...file, path: `p/${file.path}` }));
    const [problem] = (await read(await packKrt(wrapped))).problems;
    expect(problem).toMatchObject({
      code: 'archive-wrapped',
      hint: expect.stringContaining('tar -czf'),
    });
  });

  it.each(['gnu', 'pax', 'ustar'])(
    'reads what tar writes as %s',
    async format => {
      const folder = mkdtempSync(join(tmpdir(), 'krt-tar-'));
      const long = `docs/${'a-long-folder-name/'.repeat(
        format === 'ustar' ? 4 : 8,
      )}notes.md`;
      try {
        for (const file of files({ [long]: 'x' })) {
          mkdirSync(dirname(join(folder, file.path)), { recursive: true });
          writeFileSync(join(folder, file.path), file.content);
        }
        const packed = execFileSync(
          'tar',
          ['-cz', `--format=${format}`, '-C', folder, '.'],
          { maxBuffer: 2 ** 24 },
        );
        const result = await read(packed);
        expect(result.problems).toEqual([]);
        expect(result.files.map(file => file.path)).toContain(long);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('the source', () => {
  it('tells of each file as it passes by', async () => {
    const seen: string[] = [];
    const result = await read(await packKrt(files()), {
      onFile: (file: KrtFile) => seen.push(file.path),
    });
    expect(seen).toEqual(result.files.map(file => file.path));
  });

  it('reads a web stream', async () => {
    const stream = new Blob([Buffer.from(await packKrt(files()))]).stream();
    expect((await readKrt(stream)).problems).toEqual([]);
  });

  it.each([
    ['Node', nodePlatform],
    ['web', webPlatform],
  ])('passes on its failure on the %s platform', async (_, platform) => {
    const krt = await packKrt(files());
    async function* failing() {
      yield krt.subarray(0, 100);
      throw new Error('connection lost');
    }
    await expect(readKrt(failing(), { platform })).rejects.toThrow(
      'connection lost',
    );
  });

  it('ends when it is aborted', async () => {
    const aborting = new AbortController();
    let ended = false;
    async function* endless() {
      try {
        for (;;) {
          yield new Uint8Array(100);
          aborting.abort(new Error('changed my mind'));
        }
      } finally {
        ended = true;
      }
    }
    await expect(
      readKrt(endless(), { platform: nodePlatform, signal: aborting.signal }),
    ).rejects.toThrow('changed my mind');
    expect(ended).toBe(true);
  });

  it('hashes all of a package that is refused early', async () => {
    const krt = tarOf(
      tarEntry({ name: 'a', breakChecksum: true }),
      tarEntry({ name: 'b', content: randomBytes(500_000) }),
    );
    const result = await read(krt);
    expect(codes(result)).toEqual(['archive-checksum']);
    expect(result.size).toBe(krt.length);
    expect(result.digest).toBe(
      `sha256:${createHash('sha256').update(krt).digest('hex')}`,
    );
  });

  it('says nothing of missing files when it could not see all', async () => {
    const all = tarOf(
      tarEntry({ name: 'krt.yml', content: MANIFEST.replace('price-v1', 'X') }),
    );
    const cut = gzipSync(gunzipSync(all).subarray(0, -1024));
    expect(codes(await read(cut))).toEqual([
      'archive-truncated',
      'name-pattern',
    ]);
  });

  it('names what is wrong with entries, manifest and files at once', async () => {
    const result = await read(
      tarOf(
        tarEntry({ name: 'link', type: '2' }),
        tarEntry({ name: '../up' }),
        tarEntry({
          name: 'krt.yml',
          content: MANIFEST.replace('price-v1', 'X'),
        }),
      ),
    );
    expect(codes(result)).toEqual([
      'archive-entry-type',
      'archive-path-outside',
      'name-pattern',
      'src-missing',
      'proto-missing',
    ]);
  });
});

describe('the manifest', () => {
  const withManifest = async (text: string) =>
    read(await packKrt(files({ 'krt.yml': text })));

  it.each([
    [
      'version',
      'version: price-v1\n',
      '',
      'The field "Version" is required',
      1,
    ],
    [
      'a long version',
      'price-v1',
      'a-name-of-twenty-char',
      'Invalid length "a-name-of-twenty-char" at "Version" must be lower than 20',
      1,
    ],
    [
      'a node name',
      'name: etl',
      'name: ETL',
      'Invalid resource name "ETL" at "Nodes[0].Name"',
      10,
    ],
    ['a step', '- etl\n', '- elt\n', 'node in sequential not found: elt', 17],
    [
      'a source',
      'src/etl/main.py',
      'src/etl/nope.py',
      'error src File src/etl/nope.py for node etl not exists',
      12,
    ],
    [
      'a key',
      'CURRENCY',
      'currency',
      'Invalid configuration key "currency"',
      8,
    ],
    [
      'a reserved key',
      'CURRENCY',
      'KRT_X',
      'the key "KRT_X" begins with KRT_',
      8,
    ],
    ['a field', 'src:', 'source:', 'unknown field "source"', 12],
    [
      'a duplicate key',
      'description: Estimates prices.',
      'version: price-v2\ndescription: x',
      'the key "version" stands twice in one map',
      2,
    ],
  ])(
    'names what is wrong with %s, and where',
    async (_, from, to, message, line) => {
      const { problems, manifest } = await withManifest(
        MANIFEST.replace(from, to),
      );
      expect(manifest).toBeUndefined();
      expect(problems).toContainEqual(
        expect.objectContaining({ message, line, severity: 'error' }),
      );
    },
  );

  it('suggests what was meant', async () => {
    const { problems } = await withManifest(
      MANIFEST.replace('sequential', 'sequental'),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: 'unknown-field',
        hint: 'did you mean `sequential`?',
        line: 16,
        column: 5,
      }),
    );
  });

  it('names all problems at once', async () => {
    const { problems } = await withManifest(
      'version: A\nnodes: []\nworkflows: 3\nother: 1\n',
    );
    expect(problems.map(problem => problem.message)).toEqual(
      expect.arrayContaining([
        'Invalid resource name "A" at "Version"',
        'The field "Description" is required',
        'The field "Entrypoint" is required',
        'unknown field "other"',
        '"workflows" must be a list',
      ]),
    );
  });

  it.each([
    ['an alias', 'version: &a price-v1\ndescription: *a\n', 'yaml-alias'],
    ['a tag', 'version: !x price-v1\n', 'yaml-tag'],
    ['two documents', `${MANIFEST}---\na: 1\n`, 'yaml-documents'],
    ['broken YAML', 'version: [\n', 'yaml-syntax'],
    [
      'a manifest of v1 that says v2',
      `krtVersion: v2\n${MANIFEST}`,
      'format-v1-fields',
    ],
    [
      'the successor format',
      'version: v1.0.0\nworkflows:\n  - name: a\n    processes: []\n',
      'format-unsupported',
    ],
    ['an empty file', '', 'yaml-empty'],
  ])('refuses %s', async (_, text, code) => {
    expect(codes(await withManifest(text))).toContain(code);
  });

  it('reads a version that is a number as text', async () => {
    const result = await withManifest(MANIFEST.replace('price-v1', '007'));
    expect(result.manifest?.version).toBe('007');
  });

  it('tells warnings from errors', async () => {
    const krt = await packKrt(
      files({
        'docs/README.md': undefined,
        'krt.yml': MANIFEST.replace('kre-py:1.22.0', 'kre-py:latest').replace(
          'image: konstellation/kre-entrypoint:1.0.0',
          'image: konstellation/kre-entrypoint:1.0.0\n  src: src/entrypoint/main.py',
        ),
      }),
    );
    const result = await read(krt);
    expect(result.manifest).toBeDefined();
    expect(result.problems.map(problem => problem.code).sort()).toEqual([
      'entrypoint-src-ignored',
      'image-latest',
      'readme-missing',
    ]);
  });
});

describe('the proto', () => {
  const withProto = async (text: string, more = {}) =>
    read(await packKrt(files({ 'public_input.proto': text, ...more })));

  it.each([
    ['a syntax error', PROTO.replace('message', 'massage'), 'proto-syntax'],
    [
      'an unknown type',
      PROTO.replace('(Response)', '(Answer)'),
      'proto-unresolved',
    ],
    ['no service', 'syntax = "proto3";', 'proto-service'],
    ['an unknown rpc', PROTO.replace('Estimate', 'Guess'), 'rpc-unknown'],
    ['a stream', PROTO.replace('(Request)', '(stream Request)'), 'rpc-stream'],
    ['a missing import', `${PROTO}import "other.proto";`, 'proto-import'],
  ])('refuses %s', async (_, text, code) => {
    expect(codes(await withProto(text))).toContain(code);
  });

  it('resolves imports of the archive and of google/protobuf', async () => {
    const result = await withProto(
      PROTO.replace(
        'message Request {',
        'import "types.proto";\nimport "google/protobuf/timestamp.proto";\nmessage Request { types.Room room = 4; google.protobuf.Timestamp at = 3;',
      ),
      {
        'types.proto':
          'syntax = "proto3"; package types; message Room { bool big = 1; } service Other {}',
      },
    );
    expect(result.problems).toEqual([]);
    expect(result.proto?.rpcs[0]?.example).toEqual({
      room: { big: false },
      at: '2020-01-01T00:00:00Z',
      name: 'name',
      rooms: [0],
    });
  });
});

(existsSync(samples) ? describe : describe.skip)('original packages', () => {
  const sample = (name: string) => read(readFileSync(join(samples, name)));

  it('reads the greeter', async () => {
    const result = await sample('greeter-v1.website-docs-2020.krt');
    expect(codes(result)).toEqual([]);
    expect(result.manifest).toMatchObject({
      version: 'greeter-v1',
      workflows: [{ entrypoint: 'Greet' }, { entrypoint: 'Salute' }],
    });
    expect(result.proto).toMatchObject({
      service: 'entrypoint.Entrypoint',
      rpcs: [{ name: 'Greet' }, { name: 'Salute' }],
    });
  });

  it('reads the branching classificator', async () => {
    const result = await sample('classificator-v1.engine-main.krt');
    expect(codes(result)).toEqual([]);
    expect(result).toMatchObject({
      format: 'v2',
      manifest: {
        krtVersion: 'v2',
        workflows: [{ nodes: expect.arrayContaining([]) }],
      },
    });
  });
});

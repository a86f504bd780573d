import {
  MANIFEST,
  withManifest,
  withProtos,
  PROTO,
  type HostileFixture,
} from './base';

const times = (count: number, part: string) => part.repeat(count);
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Nested, repeated and huge YAML. */
export const yamlFixtures: HostileFixture[] = [
  ...(
    [
      ['empty', '', 'yaml-empty'],
      ['comments-alone', '# nothing\n', 'yaml-empty'],
      ['no-map', '- a\n- b\n', 'wrong-type'],
      ['scalar', 'hello', 'wrong-type'],
      [
        'alias',
        `${MANIFEST.replace(
          'Estimates',
          '&d Estimates',
        )}config: { variables: [*d] }\n`,
        'yaml-alias',
      ],
      [
        'alias-bomb',
        `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c]\n${MANIFEST}`,
        'yaml-alias',
      ],
      [
        'anchor-alone',
        MANIFEST.replace('Estimates', '&unused Estimates'),
        'accepted',
      ],
      [
        'merge-key',
        `${MANIFEST}config:\n  <<: { variables: [A] }\n`,
        'unknown-field',
      ],
      [
        'proto-key',
        `${MANIFEST}__proto__:\n  polluted: yes\n`,
        'unknown-field',
      ],
      ['constructor-key', `${MANIFEST}constructor: x\n`, 'unknown-field'],
      [
        'tag',
        MANIFEST.replace('Estimates', '!!js/function Estimates'),
        'yaml-tag',
      ],
      ['local-tag', MANIFEST.replace('Estimates', '!x Estimates'), 'yaml-tag'],
      [
        'binary-tag',
        MANIFEST.replace('Estimates prices.', '!!binary aGVsbG8='),
        'yaml-tag',
      ],
      ['timestamp', MANIFEST.replace('price-v1', '2001-12-14'), 'accepted'],
      ['duplicate-key', `${MANIFEST}version: other\n`, 'yaml-duplicate-key'],
      [
        'duplicate-key-deep',
        MANIFEST.replace('    image:', '    name: b\n    image:'),
        'yaml-duplicate-key',
      ],
      ['two-documents', `${MANIFEST}---\na: 1\n`, 'yaml-documents'],
      ['ten-thousand-documents', times(3_000, '---\n'), 'yaml-documents'],
      ['document-end', `${MANIFEST}...\n`, 'accepted'],
      ['complex-key', `${MANIFEST}? [a]\n: b\n`, 'yaml-key'],
      [
        'depth-33-flow',
        `${MANIFEST}config: ${times(33, '[')}${times(33, ']')}\n`,
        'yaml-depth',
      ],
      ['depth-10000-flow', `config: ${times(10_000, '[')}`, 'yaml-depth'],
      ['depth-200000-flow', `config: ${times(200_000, '[')}`, 'yaml-length'],
      [
        'depth-1000-block',
        lines(700, index => `${' '.repeat(index)}a:`),
        'yaml-depth',
      ],
      ['depth-of-dashes', times(5_000, '- '), 'yaml-depth'],
      ['depth-of-questions', times(3_000, '? '), 'yaml-depth'],
      [
        'huge-scalar',
        `${MANIFEST}x: ${times(200_000, 'x')}\n`,
        'unknown-field',
      ],
      ['huge-quoted', `description: "${times(120_000, '\\n')}"\n`, 'required'],
      ['huge-key', `${times(250_000, 'k')}: 1\n`, 'yaml-syntax'],
      ['huge-multiline', `a: ${times(60_000, 'x\n  ')}`, 'unknown-field'],
      ['huge-block', `a: |\n${times(80_000, ' x\n')}`, 'unknown-field'],
      ['many-keys', lines(1_500, index => `k${index}: 1`), 'unknown-field'],
      ['too-many-keys', lines(20_000, index => `k${index}: 1`), 'yaml-length'],
      ['many-commas', `a: [${times(9_000, ',')}`, 'yaml-syntax'],
      ['too-many-commas', `a: [${times(200_000, ',')}`, 'yaml-length'],
      ['many-quotes', times(5_000, '"'), 'yaml-syntax'],
      ['many-comments', `${MANIFEST}${times(100_000, '#\n')}`, 'yaml-length'],
      ['many-lines', `${MANIFEST}${times(200_000, '\n')}`, 'yaml-length'],
      ['tabs', 'version:\ta\n\tdescription: b\n', 'yaml-syntax'],
      [
        'over-256-KiB',
        `${MANIFEST}# ${times(256 * 1024, 'x')}\n`,
        'manifest-size',
      ],
      ['bom', `\ufeff${MANIFEST}`, 'accepted'],
      ['crlf', MANIFEST.replace(/\n/g, '\r\n'), 'accepted'],
      [
        'escaped-nul',
        MANIFEST.replace('Estimates prices.', '"a\\0b"'),
        'wrong-type',
      ],
      ['nul', MANIFEST.replace('Estimates', 'Esti\u0000mates'), 'yaml-syntax'],
    ] as const
  ).map(
    ([name, text, expect]): HostileFixture => ({
      name: `yaml-${name}`,
      expect,
      krt: withManifest(text),
    }),
  ),
  {
    name: 'yaml-invalid-utf8',
    expect: 'not-utf8',
    krt: withManifest(
      Buffer.concat([Buffer.from(MANIFEST), Buffer.from([0xff, 0xfe])]),
    ),
  },
  {
    name: 'yaml-utf16',
    expect: 'not-utf8',
    krt: withManifest(Buffer.from(`\ufeff${MANIFEST}`, 'utf16le')),
  },
  {
    name: 'yaml-worst-legal',
    expect: 'accepted',
    krt: withManifest(
      `${MANIFEST}config:\n  variables:\n${lines(
        1_900,
        index => `    - KEY_${index}`,
      )}\n`,
    ),
  },
];

const messages = (count: number) =>
  lines(count, index => `message M${index} { int32 a = 1; }`);

/** Other texts of a package that are read. */
export const textFixtures: HostileFixture[] = [
  {
    name: 'requirements-of-blanks',
    expect: 'accepted',
    krt: withProtos({ 'requirements.txt': `a${times(60_000, ' ')}x` }),
  },
];

/** Protos that recurse, repeat and refer. */
export const protoFixtures: HostileFixture[] = [
  ...(
    [
      [
        'deep-messages',
        {
          'public_input.proto': `syntax = "proto3";${times(
            10_000,
            'message M {',
          )}${times(10_000, '}')}`,
        },
        'proto-unsupported',
      ],
      [
        'deep-options',
        {
          'public_input.proto': `syntax = "proto3"; option (a) = ${times(
            5_000,
            '{ a ',
          )}${times(5_000, '}')};`,
        },
        'proto-unsupported',
      ],
      [
        'deep-package',
        {
          'public_input.proto': `syntax = "proto3"; package ${times(
            5_000,
            'a.',
          )}a;`,
        },
        'proto-syntax',
      ],
      [
        'cyclic-imports',
        {
          'public_input.proto': `${PROTO}import "b.proto";`,
          'b.proto':
            'syntax = "proto3"; import "public_input.proto"; import "c.proto";',
          'c.proto': 'syntax = "proto3"; import "b.proto";',
        },
        'accepted',
      ],
      [
        'self-import',
        { 'public_input.proto': `${PROTO}import "public_input.proto";` },
        'accepted',
      ],
      [
        'missing-import',
        { 'public_input.proto': `${PROTO}import "../../etc/passwd";` },
        'proto-import',
      ],
      [
        'too-many-imports',
        Object.fromEntries([
          ['public_input.proto', `${PROTO}import "f0.proto";`],
          ...Array.from({ length: 200 }, (_, index) => [
            `f${index}.proto`,
            `syntax = "proto3"; import "f${index + 1}.proto";`,
          ]),
        ]),
        'proto-import',
      ],
      [
        'ten-megabytes',
        { 'public_input.proto': `${PROTO}// ${times(10 * 1024 * 1024, 'x')}` },
        'proto-size',
      ],
      [
        'ten-megabytes-in-files',
        Object.fromEntries(
          Array.from({ length: 30 }, (_, index) => [
            `f${index}.proto`,
            `// ${times(400_000, 'x')}`,
          ]),
        ),
        'proto-size',
      ],
      [
        'many-messages',
        { 'public_input.proto': `${PROTO}${messages(3_000)}` },
        'accepted',
      ],
      [
        'many-fields',
        {
          'public_input.proto': PROTO.replace(
            'double size = 1;',
            lines(5_000, index => `double f${index} = ${index + 1};`),
          ),
        },
        'proto-size',
      ],
      [
        'request-of-many-types',
        {
          'public_input.proto': `${PROTO.replace(
            'double size = 1;',
            lines(1_500, index => `M${index} f${index} = ${index + 1};`),
          )}${messages(1_500)}`,
        },
        'proto-size',
      ],
      [
        'recursive-request',
        {
          'public_input.proto': PROTO.replace(
            'double size = 1;',
            lines(60, index => `Request f${index} = ${index + 1};`),
          ),
        },
        'accepted',
      ],
      [
        'many-extensions',
        {
          'public_input.proto': `syntax = "proto2"; message R { extensions 1 to 90000; } ${lines(
            6_000,
            index => `extend R { optional int32 e${index} = ${index + 1}; }`,
          )}`,
        },
        'proto-size',
      ],
      [
        'edition-after-semicolon',
        {
          'public_input.proto': `;edition = "2023";${PROTO.slice(
            PROTO.indexOf('\n'),
          )}`,
        },
        'proto-unsupported',
      ],
      [
        'message-of-brackets',
        { 'public_input.proto': `;syntax = "${times(200_000, '(')}";` },
        'proto-service',
      ],
      [
        'unterminated-string',
        { 'public_input.proto': `${PROTO}option a = "` },
        'proto-syntax',
      ],
      [
        'unterminated-comment',
        { 'public_input.proto': `${PROTO}/* ` },
        'proto-syntax',
      ],
      [
        'group',
        {
          'public_input.proto':
            'syntax = "proto2"; message R { optional group G = 1 { optional string a = 1; } } service S { rpc Estimate (R) returns (R); }',
        },
        'proto-unsupported',
      ],
      [
        'edition',
        {
          'public_input.proto': `edition = "2023";${PROTO.slice(
            PROTO.indexOf('\n'),
          )}`,
        },
        'proto-unsupported',
      ],
      [
        'binary',
        { 'public_input.proto': Buffer.from([0xff, 0x00, 0xfe]) },
        'not-utf8',
      ],
      [
        'prototype-names',
        {
          'public_input.proto': PROTO.replace(
            'double size = 1;',
            'double constructor = 1; double __proto__ = 2; double toString = 3;',
          ),
        },
        'accepted',
      ],
    ] as const
  ).map(
    ([name, protos, expect]): HostileFixture => ({
      name: `proto-${name}`,
      expect,
      krt: withProtos({ ...protos }),
      most: 2_000,
    }),
  ),
];

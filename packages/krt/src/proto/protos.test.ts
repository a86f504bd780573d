import { describeProto } from './describeProto';
import { parseProtoFiles } from './parseProtoFiles';

const HEAD = 'syntax = "proto3";\npackage a;\n';
const SERVICE = 'service S { rpc R (Request) returns (Request); }\n';

function parse(files: Record<string, string>) {
  return parseProtoFiles({
    entry: 'a.proto',
    files: new Map(Object.entries(files)),
  });
}

const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe('parseProtoFiles', () => {
  it('follows imports, also those that go in a circle', () => {
    const { problems, proto } = parse({
      'a.proto': `${HEAD}import "b.proto";\nimport "a.proto";\nmessage Request { b.B b = 1; }\n${SERVICE}`,
      'b.proto':
        'syntax = "proto3";\npackage b;\nimport "a.proto";\nmessage B { a.Request again = 1; string name = 2; }',
    });
    expect(problems).toEqual([]);
    expect(proto?.package).toBe('a');
  });

  it('names what is wrong with every file at once', () => {
    const { problems } = parse({
      'a.proto': `${HEAD}import "b.proto";\nimport "c.proto";\nimport "d.proto";\n${SERVICE}`,
      'b.proto': 'syntax = "proto3";\nmessage B {\n  string = 1;\n}',
      'c.proto': 'edition = "2023";',
    });
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          code: 'proto-syntax',
          file: 'b.proto',
          line: 3,
        }),
        expect.objectContaining({ code: 'proto-unsupported', file: 'c.proto' }),
        expect.objectContaining({
          code: 'proto-import',
          file: 'a.proto',
          message: '"d.proto" is imported but not in the package',
        }),
      ]),
    );
    expect(problems).toHaveLength(3);
  });

  it.each([
    [
      'messages nested too deep',
      `${HEAD}${'message M {'.repeat(10_000)}${'}'.repeat(10_000)}`,
      'proto-unsupported',
    ],
    [
      'groups',
      'syntax = "proto2"; message Request { optional group G = 1 { optional string a = 1; } } service S { rpc R (Request) returns (Request); }',
      'proto-unsupported',
    ],
    [
      'a package of too many parts',
      `syntax = "proto3"; package ${'a.'.repeat(5_000)}a;`,
      'proto-syntax',
    ],
    ['a comment that does not end', `${HEAD}/* `, 'proto-syntax'],
    ['a text that does not end', `${HEAD}option a = "`, 'proto-syntax'],
    ['an unknown type', `${HEAD}${SERVICE}`, 'proto-unresolved'],
    ['no service', `${HEAD}message A {}`, 'proto-service'],
  ])('refuses %s', (_, text, code) => {
    const { problems } = parse({ 'a.proto': text });
    expect(problems).toMatchObject([{ code }]);
    expect(problems[0]?.message).not.toContain('call stack');
  });

  it('refuses too many files', () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `f${index}.proto`,
        `syntax = "proto3"; import "f${index + 1}.proto";`,
      ]),
    );
    const { problems } = parse({
      ...files,
      'a.proto': `${HEAD}import "f0.proto";`,
    });
    expect(problems).toMatchObject([
      { code: 'proto-import', message: 'more than 100 files are imported' },
    ]);
  });
});

describe('describeProto', () => {
  const parsed = (text: string) => {
    const { proto, problems } = parse({ 'a.proto': text });
    expect(problems).toEqual([]);
    if (!proto) throw new Error('no proto');
    return describeProto('a.proto', text, proto);
  };

  it('takes examples from comments', () => {
    const { rpcs } = parsed(
      `${HEAD}message Request {\n  // Square metres. example: 80.5\n  double size = 1;\n  // example: ["a", "b"]\n  repeated string names = 2;\n  // example: 3\n  repeated int32 rooms = 3;\n  // An example: of what is no JSON\n  string text = 4;\n}\n${SERVICE}`,
    );
    expect(rpcs[0]?.example).toEqual({
      size: 80.5,
      names: ['a', 'b'],
      rooms: [3],
      text: 'text',
    });
  });

  it('shows an example of bounded size, however messages refer to each other', () => {
    const fields = times(50, index => `Request f${index} = ${index + 1};`);
    const { rpcs } = parsed(`${HEAD}message Request { ${fields} }\n${SERVICE}`);
    expect(JSON.stringify(rpcs[0]?.example).length).toBeLessThan(20_000);
  });

  it('refuses a request that is made of too many types', () => {
    const types = times(
      700,
      index => `message M${index} { N${index} a = 1; } message N${index} {}`,
    );
    const fields = times(700, index => `M${index} f${index} = ${index + 1};`);
    expect(() =>
      parsed(`${HEAD}${types}\nmessage Request { ${fields} }\n${SERVICE}`),
    ).toThrow('made of more than 1000 message types');
  });
});

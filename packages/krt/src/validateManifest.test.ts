import { validateManifest } from './validateManifest';

const MANIFEST = `version: price-v1
description: Estimates prices.
entrypoint:
  proto: ./public_input.proto
  image: konstellation/kre-entrypoint:1.0.0
nodes:
  - name: etl
    image: registry.local:5000/team/kre-py:1.22.0
    src: ./src/etl/main.py
    gpu: yes
workflows:
  - name: price
    entrypoint: Estimate
    sequential: [etl, etl]
`;

const PROTO = `syntax = "proto3";
package price;
message Request { string name = 1; };
message Response { double price = 1; };
service Prices {
  rpc Estimate (Request) returns (Response) {};
};
`;

const FILES = ['src/etl/main.py', 'public_input.proto', 'README.md'];
const PROTOS = new Map([['public_input.proto', PROTO]]);

const errors = (text: string, options = {}) =>
  validateManifest(text, options).problems.filter(
    problem => problem.severity === 'error',
  );

describe('validateManifest', () => {
  it('reads a manifest and its proto', () => {
    const result = validateManifest(MANIFEST, { files: FILES, protos: PROTOS });
    expect(result.problems).toEqual([]);
    expect(result.manifest).toEqual({
      krtVersion: 'v1',
      version: 'price-v1',
      description: 'Estimates prices.',
      entrypoint: {
        proto: 'public_input.proto',
        image: 'konstellation/kre-entrypoint:1.0.0',
      },
      config: { variables: [], files: [] },
      nodes: [
        {
          name: 'etl',
          image: 'registry.local:5000/team/kre-py:1.22.0',
          src: 'src/etl/main.py',
          gpu: true,
          line: 7,
        },
      ],
      workflows: [
        { name: 'price', entrypoint: 'Estimate', sequential: ['etl', 'etl'] },
      ],
    });
    expect(result.proto).toMatchObject({
      service: 'price.Prices',
      rpcs: [{ name: 'Estimate', example: { name: 'name' } }],
    });
  });

  it('says nothing about files it was not told of', () => {
    expect(validateManifest(MANIFEST).problems).toEqual([]);
  });

  it('names mistakes in manifest, files and proto at once, each at its place', () => {
    const text = MANIFEST.replace('price-v1', 'Price')
      .replace('main.py', 'mian.py')
      .replace('entrypoint: Estimate', 'entrypoint: Estimat');
    const { problems, manifest } = validateManifest(text, {
      files: FILES,
      protos: PROTOS,
    });
    expect(manifest).toBeUndefined();
    expect(problems).toMatchObject([
      { code: 'name-pattern', path: 'version', line: 1, column: 10 },
      {
        code: 'src-missing',
        path: 'nodes[0].src',
        line: 9,
        column: 10,
        hint: 'did you mean `src/etl/main.py`?',
      },
      {
        code: 'rpc-unknown',
        path: 'workflows[0].entrypoint',
        line: 13,
        column: 17,
        hint: 'did you mean `Estimate`?',
      },
    ]);
  });

  it.each([
    ['constructor', 'rpc-unknown'],
    ['__proto__', 'rpc-unknown'],
  ])('finds no rpc named %s', (rpc, code) => {
    const text = MANIFEST.replace('entrypoint: Estimate', `entrypoint: ${rpc}`);
    expect(errors(text, { protos: PROTOS })).toMatchObject([{ code }]);
  });

  it.each([
    ['ubuntu', true],
    ['ubuntu:22.04', true],
    ['a/b/c_d--e:v1.0', true],
    ['localhost:5000/a', true],
    [`a@sha256:${'0'.repeat(64)}`, true],
    ['Ubuntu', false],
    ['a//b', false],
    ['a:b:c', false],
    ['-a', false],
    ['a b', false],
    ['../a', false],
  ])('judges the image %s', (image, isValid) => {
    const text = MANIFEST.replace(
      'image: konstellation/kre-entrypoint:1.0.0',
      `image: "${image}"`,
    );
    expect(errors(text).map(problem => problem.code)).toEqual(
      isValid ? [] : ['image-reference'],
    );
  });

  it.each([
    ['without krtVersion', '', 'add `krtVersion: v2`'],
    ['of v1', 'krtVersion: v1\n', 'list `nodes` at the top'],
  ])(
    'names both formats when fields of v2 stand in one %s',
    (_, line, hint) => {
      const text = `${line}version: a
workflows:
  - name: w
    entrypoint: Estimate
    exitpoint: etl
    nodes: []
`;
      const problems = errors(text);
      expect(problems[0]).toMatchObject({
        code: 'format-v2-fields',
        path: 'workflows[0].exitpoint',
      });
      expect(problems[0]?.message).toContain('v2');
      expect(problems[0]?.message).toContain('v1');
      expect(problems[0]?.hint).toContain(hint);
    },
  );

  const times = (part: string, length = 9_000) =>
    part.repeat(Math.floor(length / part.length));
  it.each([
    ['nested lists', times('['), 'yaml-depth'],
    ['nested maps', times('{a: '), 'yaml-depth'],
    ['lists in one line', times('- '), 'yaml-depth'],
    ['keys of keys', times('? '), 'yaml-depth'],
    ['quotes', times('"'), 'yaml-syntax'],
    ['commas', `[${times(',')}`, 'yaml-syntax'],
    ['the same key', times('a: 1\n', 5_000), 'yaml-duplicate-key'],
    ['aliases', `a: &a x\n${times('b: *a\n')}`, 'yaml-duplicate-key'],
    ['documents', times('---\n'), 'yaml-documents'],
    ['too many words', times('a: 1\n', 200_000), 'yaml-length'],
    ['too many brackets', times('[', 200_000), 'yaml-length'],
    ['too many bytes', times('a', 300_000), 'manifest-size'],
  ])('survives a text of %s', (_, text, code) => {
    const { problems } = validateManifest(text);
    expect(problems[0]?.code).toBe(code);
    expect(problems.length).toBeLessThanOrEqual(200);
  });
});

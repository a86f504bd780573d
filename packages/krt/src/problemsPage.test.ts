/** @jest-environment node */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROBLEM_CODES } from './problemCodes';
import { validateManifest } from './validateManifest';

const page = readFileSync(
  resolve(__dirname, '../../../docs/krt-problems.md'),
  'utf8',
);

const PROTO = `syntax = "proto3";
package prices;
message Request { double size = 1; }
message Response { double price = 1; }
service Prices { rpc Estimate (Request) returns (Response); }`;

const V1: Record<string, string> = {
  version: 'version: price-v1',
  description: 'description: Estimates prices.',
  entrypoint:
    'entrypoint:\n  proto: public_input.proto\n  image: konstellation/entrypoint:0.1.0',
  nodes:
    'nodes:\n  - name: etl\n    image: konstellation/python:0.1.0\n    src: src/etl.py',
  workflows:
    'workflows:\n  - name: price\n    entrypoint: Estimate\n    sequential: [etl]',
};
const FILES = ['docs/README.md', 'krt.yml', 'public_input.proto', 'src/etl.py'];

/** What an example is laid over: a manifest that is fine, key by key. */
function manifestOf(language: string, example: string): string {
  if (language === 'yaml whole') return example;
  const keys = [...example.matchAll(/^(\w+):/gm)].map(([, key]) => key ?? '');
  const { nodes, ...rest } = V1;
  const base: Record<string, string | undefined> =
    language === 'yaml v2'
      ? { krtVersion: 'krtVersion: v2', ...rest }
      : { ...rest, nodes };
  const kept = Object.entries(base).flatMap(([key, text]) =>
    keys.includes(key) ? [] : [text],
  );
  return [...kept, example].join('\n');
}

function codesOf(language: string, example: string): string[] {
  const isYaml = language.startsWith('yaml');
  const { problems } = validateManifest(
    isYaml ? manifestOf(language, example) : Object.values(V1).join('\n'),
    {
      files: language === 'files' ? example.split('\n') : FILES,
      protos: new Map([
        ['public_input.proto', language === 'proto' ? example : PROTO],
      ]),
    },
  );
  return problems.map(({ code }) => code);
}

const entries = page
  .split(/^### /m)
  .slice(1)
  .map(text => {
    const [, code = ''] = /^`([a-z0-9-]+)`\n/.exec(text) ?? [];
    const [has, mended] = [...text.matchAll(/^```(.*)\n([^]*?)\n```$/gm)].map(
      ([, language = '', example = '']) => ({ language, example }),
    );
    return { code, text, has, mended };
  });

describe('docs/krt-problems.md', () => {
  it('has an entry for every code there is', () => {
    expect(entries.map(({ code }) => code).sort()).toEqual(
      Object.keys(PROBLEM_CODES).sort(),
    );
  });

  it.each(entries)('shows $code, and how to mend it', ({ has, mended }) => {
    expect(has?.example).toBeTruthy();
    expect(mended?.example).toBeTruthy();
    expect(has).not.toEqual(mended);
  });

  it.each(
    entries.filter(({ has }) =>
      /^(yaml|proto|files)/.test(has?.language ?? ''),
    ),
  )('has an example of $code, and one without it', ({ code, has, mended }) => {
    expect(codesOf(has?.language ?? '', has?.example ?? '')).toContain(code);
    expect(codesOf(mended?.language ?? '', mended?.example ?? '')).toEqual([]);
  });

  it.each(entries)(
    'says of $code whether it is a warning',
    ({ code, text }) => {
      const [key] = Object.keys(PROBLEM_CODES).filter(each => each === code);
      const what = Object.entries(PROBLEM_CODES).find(([name]) => name === key);
      expect(/^Warning:/m.test(text)).toBe(what?.[1].startsWith('warning:'));
    },
  );
});

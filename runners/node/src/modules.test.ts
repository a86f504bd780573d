/** @jest-environment node */
import { RunningNode } from './testing/RunningNode';

jest.setTimeout(60_000);

const nodes: RunningNode[] = [];
function launch(
  files: Record<string, string>,
  env: Record<string, string> = {},
): RunningNode {
  const node = RunningNode.start(files, env);
  nodes.push(node);
  return node;
}
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(node => node.end()));
});

describe('modules', () => {
  it.each([
    ['m.mjs', 'export const handler = () => ({ ok: 1 });'],
    ['m.mjs', 'export default () => ({ ok: 1 });'],
    ['m.mjs', 'export default { handler: () => ({ ok: 1 }) };'],
    ['m.cjs', 'module.exports = { handler: () => ({ ok: 1 }) };'],
    ['m.cjs', 'module.exports = () => ({ ok: 1 });'],
    [
      'm.cjs',
      'exports.__esModule = true; exports.default = { n: 1, handler() { return { ok: this.n }; } };',
    ],
    ['m.js', 'exports.handler = () => ({ ok: 1 });'],
    ['m.js', 'export const handler = async () => ({ ok: 1 });'],
    [
      'm.ts',
      `import type { Context } from '@konstellation/runner-node';
       interface State { base: number }
       export function init(ctx: Context<State>): void { ctx.set('base', 1); }
       export function handler(ctx: Context<State>, data: { a?: number }): { ok: number } { return { ok: ctx.get('base') }; }`,
    ],
  ])('of %s: %s', async (name, source) => {
    const node = await launch({ [name]: source }).ready();
    expect((await node.call({})).body).toEqual({ ok: 1 });
  });

  it('import their neighbours, and packages they bring', async () => {
    const node = await launch({
      'src/m.ts': `import { double } from '../lib/double.ts';
        import { one } from 'tiny';
        export const handler = () => ({ two: double(one) });`,
      'lib/double.ts': 'export const double = (n: number): number => 2 * n;',
      'node_modules/tiny/package.json':
        '{"name": "tiny", "type": "module", "main": "i.js"}',
      'node_modules/tiny/i.js': 'export const one = 1;',
    }).ready();
    expect((await node.call({})).body).toEqual({ two: 2 });
  });
});

describe('a node that cannot start says why', () => {
  it.each([
    [
      'without a handler',
      { 'm.mjs': 'export const a = 1;' },
      "exports no function 'handler'",
    ],
    ['of another language', { 'm.rb': 'x' }, 'is no file this runner knows'],
    [
      'with a mistake',
      { 'src/m.mjs': 'export const a = ;' },
      /^src\/m\.mjs: SyntaxError: .*\(src\/m\.mjs:1\)$/,
    ],
    [
      'with TypeScript that has to be compiled',
      { 'm.ts': '\nenum A { B }\nexport const handler = () => ({});' },
      /^m\.ts: SyntaxError: .*enum.*\(m\.ts:2\)$/,
    ],
    [
      'with a mistake in what it imports',
      {
        'src/m.mjs':
          'import "../lib/a.mjs";\nexport const handler = () => ({});',
        'lib/a.mjs': 'const b = 1;\nconst c = ;',
      },
      /^src\/m\.mjs: SyntaxError: .*\(lib\/a\.mjs:2\)$/,
    ],
    [
      'that imports a file without its ending',
      {
        'src/m.ts':
          'import { a } from "./lib";\nexport const handler = () => a;',
        'src/lib.ts': 'export const a = {};',
      },
      "there is 'src/lib.ts': name it with its ending",
    ],
    [
      'whose model is not there',
      {
        'src/m.mjs': `import { readFile } from 'node:fs/promises';
          class ModelError extends Error {}
          export async function init(ctx) {
            await readFile(ctx.path('models/m.bin')).catch(() => {
              throw new ModelError('no weights');
            });
          }
          export const handler = () => ({});`,
      },
      /^src\/m\.mjs: ModelError: no weights \(src\/m\.mjs:5\)$/,
    ],
    [
      'that fails while loading',
      { 'm.mjs': '\nthrow new TypeError("no model");' },
      'm.mjs: TypeError: no model (m.mjs:2)',
    ],
    [
      'whose init fails',
      {
        'm.mjs':
          'export async function init() { throw new Error("no weights"); }\nexport const handler = () => ({});',
      },
      'm.mjs: Error: no weights (m.mjs:1)',
    ],
    [
      'that misses a module',
      { 'm.mjs': 'import "left-pad-2";\nexport const handler = () => ({});' },
      "Cannot find package 'left-pad-2'",
    ],
  ])('%s', async (_, files: Record<string, string>, reason) => {
    const node = launch(files);
    expect(await node.ended).toBe(1);
    const last = node.errors.trim().split('\n').pop();
    expect(last).toMatch(reason);
    expect(node.termination()).toBe(last);
  });

  it.each([
    [{ KRT_NODE_SRC: '../m.mjs' }, 'lies outside of the package'],
    [{ KRT_NODE_SRC: 'none.mjs' }, "the file 'none.mjs' does not exist"],
    [{ KRT_CONVENTION: 'any' }, "the convention 'any' is not supported"],
    [{ KRT_PORT_HTTP: 'x' }, 'KRT_PORT_HTTP must be a whole number'],
  ])('with %j', async (env: Record<string, string>, reason) => {
    const node = launch({ 'm.mjs': 'export const handler = () => ({});' }, env);
    expect(await node.ended).toBe(1);
    expect(node.errors).toContain(reason);
  });
});

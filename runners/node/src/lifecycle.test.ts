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

describe('the process', () => {
  it('is not ready before init has run', async () => {
    const node = launch(
      {
        'm.mjs': `import { createServer } from 'node:net';
        export const init = () => new Promise(done => {
          const server = createServer(socket => { socket.end(); server.close(); done(); });
          server.listen(0, '127.0.0.1', () => console.log('gate ' + server.address().port));
        });
        export const handler = () => ({});`,
      },
      { KRT_PORT_HTTP: '0' },
    );
    const [, gate] = await node.seen(/gate (\d+)/);
    expect(node.output).not.toContain('is ready');
    const { connect } = await import('node:net');
    connect(Number(gate), '127.0.0.1');
    await node.ready();
  });

  it('finishes calls when it is told to end', async () => {
    const node = await launch({
      'm.mjs': `export const handler = ctx => new Promise(done => {
          console.log('called');
          process.once('SIGTERM', () => setTimeout(() => done({ finished: true }), 50));
        });`,
    }).ready();
    const call = node.call({});
    await node.seen(/called/);
    node.child.kill('SIGTERM');
    const answer = await call;
    expect(answer.body).toEqual({ finished: true });
    expect(answer.headers.connection).toBe('close');
    expect(await node.ended).toBe(0);
  });

  it('does not wait longer than it may', async () => {
    const node = await launch(
      {
        'm.mjs':
          'export const handler = () => new Promise(() => { console.log("called"); setInterval(() => {}, 1000); });',
      },
      { KRT_GRACE_SECONDS: '0' },
    ).ready();
    const call = node.call({}).catch(() => 'cut');
    await node.seen(/called/);
    node.child.kill('SIGTERM');
    expect(await node.ended).toBe(0);
    expect(await call).toBe('cut');
  });

  it('ends with the code of process.exit, after the answer', async () => {
    const node = await launch({
      'm.mjs': 'export const handler = () => { process.exit(7); };',
    }).ready();
    const { status, body } = await node.call({});
    expect([status, body.error.type]).toEqual([500, 'ExitRequest']);
    expect(await node.ended).toBe(7);
    expect(node.termination()).toBe('the module ended the process with code 7');
  });

  it('ends when something fails outside of a call', async () => {
    const node = await launch({
      'm.mjs':
        'export const handler = () => { setImmediate(() => { throw new Error("later"); }); return {}; };',
    }).ready();
    await node.call({});
    expect(await node.ended).toBe(1);
    expect(node.termination()).toBe('m.mjs: Error: later');
  });
});

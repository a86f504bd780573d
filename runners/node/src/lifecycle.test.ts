/** @jest-environment node */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
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

describe('the process', () => {
  it('is not ready before init has run', async () => {
    const probe = createServer();
    await once(probe.listen(0, '127.0.0.1'), 'listening');
    const { port } = Object(probe.address());
    await once(probe.close(), 'close');
    const node = launch(
      {
        'm.mjs': `import { existsSync } from 'node:fs';
        import { setTimeout as pause } from 'node:timers/promises';
        export async function init(ctx) {
          console.log('initialising');
          while (!existsSync(ctx.path('gate'))) await pause(5);
        }
        export const handler = () => ({});`,
      },
      { KRT_PORT_HTTP: String(port) },
    );
    node.port = port;
    await node.seen(/initialising/);
    const health = () => node.send({ method: 'GET', path: '/healthz' });
    expect((await health()).status).toBe(503);
    expect((await node.call({})).body.error?.type).toBe('Starting');
    writeFileSync(join(node.directory, 'gate'), '');
    await node.ready();
    expect((await health()).status).toBe(200);
  });

  it('ends at once when it is told to while it starts', async () => {
    const node = launch({
      'm.mjs': `console.log('loading');
        await new Promise(() => {});
        export const handler = () => ({});`,
    });
    await node.seen(/loading/);
    node.child.kill('SIGTERM');
    expect(await node.ended).toBe(0);
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
    expect([status, body.error?.type]).toEqual([500, 'ExitRequest']);
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
    expect(node.termination()).toBe('m.mjs: Error: later (m.mjs:1)');
  });
});

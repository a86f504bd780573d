/** @jest-environment node */
import { once } from 'node:events';
import { connect } from 'node:net';
import { RunningNode } from './testing/RunningNode';

jest.setTimeout(60_000);

const nodes: RunningNode[] = [];
async function start(source: string, env: Record<string, string> = {}) {
  const node = RunningNode.start({ 'src/model.mjs': source }, env);
  nodes.push(node);
  return node.ready();
}
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(node => node.end()));
});

const ECHO = 'export const handler = (ctx, data) => data;';

async function dial(node: RunningNode) {
  const socket = connect(node.port, '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  socket.on('data', part => {
    received += part;
  });
  const closed = once(socket, 'close').then(() => received);
  return { socket, closed };
}

const post = (body: string) =>
  `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

describe('the server', () => {
  it('answers many calls over one connection, with fetch too', async () => {
    const node = await start(ECHO);
    const { socket, closed } = await dial(node);
    socket.write(post('{"n":1}') + post('{"n":2}'));
    await expect(
      fetch(`http://127.0.0.1:${node.port}`, { method: 'POST', body: '{}' }),
    ).resolves.toMatchObject({ status: 200 });
    socket.write(post('{"n":3}').replace('host', 'connection: close\r\nhost'));
    const text = await closed;
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    expect(text.replaceAll(/[^]*?(\{"n":\d\})/g, '$1')).toContain(
      '{"n":1}{"n":2}{"n":3}',
    );
  });

  it('closes connections that nobody uses', async () => {
    const node = await start(ECHO, { KRT_IDLE_TIMEOUT_SECONDS: '1' });
    const { socket, closed } = await dial(node);
    socket.write(post('{}'));
    expect(await closed).toContain('200 OK');
  });

  it('closes them when it is told to end, and takes no new ones', async () => {
    const node = await start(
      'export const handler = () => new Promise(() => console.log("called"));',
      { KRT_GRACE_SECONDS: '60' },
    );
    const waiting = await dial(node);
    waiting.socket.write(post('{}'));
    await node.seen(/called/);
    const idle = await dial(node);
    node.child.kill('SIGTERM');
    expect(await idle.closed).toBe('');
    await expect(dial(node)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('lets callers that send too much read why', async () => {
    const node = await start(ECHO);
    for (let round = 0; round < 5; round++) {
      const body = Buffer.alloc(20 * 1024 * 1024, ' ');
      expect((await node.send({ body })).status).toBe(413);
    }
  });

  it('refuses text that is not UTF-8', async () => {
    const node = await start(ECHO);
    const body = Buffer.from('{"a": "\xff"}', 'latin1');
    const answer = await node.send({ body });
    expect([answer.status, answer.body.error?.message]).toEqual([
      400,
      'the body is not UTF-8',
    ]);
  });
});

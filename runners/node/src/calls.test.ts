/** @jest-environment node */
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

const ECHO = 'export const handler = (ctx, data) => ({ got: data });';

describe('calls', () => {
  it('are answered with what the handler returns', async () => {
    const node = await start(ECHO);
    const answer = await node.call({ size: 3, name: 'é' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toEqual({ got: { size: 3, name: 'é' } });
    expect((await node.send({ method: 'GET', path: '/healthz' })).status).toBe(
      200,
    );
  });

  it('of an async handler run beside each other', async () => {
    const node = await start(`
      let waiting = [];
      export async function handler(ctx, data) {
        await new Promise(go => { waiting.push(go); if (waiting.length === 3) waiting.forEach(each => each()); });
        return { id: ctx.requestId };
      }`);
    const answers = await Promise.all(
      ['a', 'b', 'c'].map(id => node.call({}, { 'x-request-id': id })),
    );
    expect(answers.map(({ body }) => body.id)).toEqual(['a', 'b', 'c']);
  });

  it('keep every digit of whole numbers', async () => {
    const node = await start(
      'export const handler = (ctx, { id, small }) => ({ id: id + 1n, small, type: typeof id });',
    );
    const answer = await node.send({
      body: '{"id": 9223372036854775806, "small": 7}',
    });
    expect(answer.text).toBe(
      '{"id":9223372036854775807,"small":7,"type":"bigint"}',
    );
  });

  it('give bytes as base64 and what is not finite as text', async () => {
    const node = await start(
      'export const handler = () => ({ bytes: new Uint8Array([1, 2]), buffer: Buffer.from("a"), nan: NaN, inf: -Infinity });',
    );
    expect((await node.call({})).body).toEqual({
      bytes: 'AQI=',
      buffer: 'YQ==',
      nan: 'NaN',
      inf: '-Infinity',
    });
  });

  it.each([
    ['no JSON', 'x', 400],
    ['no object', '[1]', 400],
    ['too much', `{"a": "${'x'.repeat(2_000)}"}`, 413],
  ])('are refused with %s', async (_, body, status) => {
    const node = await start(ECHO, { KRT_MAX_BODY_BYTES: '1000' });
    const answer = await node.send({ body });
    expect(answer.status).toBe(status);
    expect(answer.body.error?.type).toBe('BadRequest');
    expect((await node.call({})).status).toBe(200);
  });

  it.each([
    ['GET', '/', 405],
    ['POST', '/healthz', 405],
    ['POST', '/other', 404],
  ])('are not %s %s', async (method, path, status) => {
    const node = await start(ECHO);
    expect((await node.send({ method, path })).status).toBe(status);
  });

  it('that fail name the exception; the stack is in the log alone', async () => {
    const node = await start(
      'export function handler() { throw new RangeError("no such amount"); }',
    );
    const answer = await node.call({}, { 'x-request-id': 'r1' });
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      error: { type: 'RangeError', message: 'no such amount' },
    });
    await node.seen(/the handler failed/);
    expect(node.lines()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        requestId: 'r1',
        message: expect.stringContaining('model.mjs'),
      }),
    );
  });

  it.each([
    ['nothing', 'undefined', 'undefined'],
    ['a list', '[1]', 'array'],
    ['null', 'null', 'null'],
  ])('whose handler returns %s fail', async (_, value, kind) => {
    const node = await start(`export const handler = () => (${value});`);
    const { status, body } = await node.call({});
    expect(status).toBe(500);
    expect(body.error?.message).toBe(
      `the handler must return an object, it returned ${kind}`,
    );
  });

  it('beyond the limit are refused', async () => {
    const node = await start(
      'export const handler = (ctx, { wait }) => new Promise(done => wait ? ctx.signal.addEventListener("abort", () => done({})) : done({}));',
      { KRT_MAX_CALLS: '1' },
    );
    const controller = new AbortController();
    const first = node
      .send({ body: '{"wait": true}', signal: controller.signal })
      .catch(() => undefined);
    let second = await node.call({});
    while (second.status === 200) second = await node.call({});
    expect([second.status, second.body.error?.type]).toEqual([
      503,
      'Overloaded',
    ]);
    controller.abort();
    await first;
    // The signal of the first told its handler that nobody waits.
    while ((await node.call({})).status === 503);
  });

  it('know their deadline', async () => {
    const node = await start(`export async function handler(ctx) {
      await new Promise(done => ctx.signal.addEventListener('abort', done));
      return { reason: String(ctx.signal.reason.message), deadline: ctx.deadline };
    }`);
    const deadline = Date.now() + 100;
    const { body } = await node.call(
      {},
      { 'x-konstellation-deadline': String(deadline) },
    );
    expect(body).toEqual({
      reason: 'the deadline of the call has passed',
      deadline,
    });
  });
});

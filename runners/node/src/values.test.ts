/** @jest-environment node */
import { RunningNode } from './testing/RunningNode';

jest.setTimeout(60_000);

let node: RunningNode;
async function start(source: string) {
  node = await RunningNode.start({ 'm.mjs': source }).ready();
  return node;
}
afterEach(() => node.end());

describe('what handlers give', () => {
  it('may be collections of JavaScript', async () => {
    await start(`export const handler = () => ({
      scores: new Float32Array([1.5, NaN]), ids: new BigInt64Array([2n ** 60n]),
      labels: new Set(['a']), byName: new Map([['x', 1]]),
    });`);
    expect((await node.call({})).text).toBe(
      '{"scores":[1.5,"NaN"],"ids":[1152921504606846976],"labels":["a"],"byName":{"x":1}}',
    );
  });

  it.each(['Date', 'Buffer'])('is no %s', async kind => {
    await start(
      'export const handler = (ctx, { kind }) => kind === "Date" ? new Date() : Buffer.from("a");',
    );
    const { status, body } = await node.call({ kind });
    expect([status, body.error?.message]).toEqual([
      500,
      `the handler must return an object, it returned ${kind}`,
    ]);
  });

  it('is a named error where the class has a name', async () => {
    await start(`class UnknownCity extends Error {}
      export const handler = () => { throw new UnknownCity('Atlantis', { cause: new Error('no map') }); };`);
    expect((await node.call({})).body.error).toEqual({
      type: 'UnknownCity',
      message: 'Atlantis',
    });
    await node.seen(/no map/);
  });

  it('to a record never fails the call', async () => {
    await start(`export async function handler(ctx) {
      await ctx.prediction.save();
      await ctx.prediction.save({ date: new Date(NaN) });
      await ctx.measurement.save();
      await ctx.measurement.save({ measurement: 'm', fields: { n: 1 }, time: 1795491262633000001n });
      await ctx.db.save('c', { at: { a: 1, b: 2 }, id: 2n ** 63n });
      return { found: await ctx.db.find('c', { at: { b: 2, a: 1 } }) };
    }`);
    const answer = await node.call({});
    expect(answer.text).toBe(
      '{"found":[{"at":{"a":1,"b":2},"id":9223372036854775808}]}',
    );
    await node.seen(/"at":1795491262633000001/);
    await node.seen(/a prediction was not saved: Invalid time value/);
    await node.seen(/a measurement was not saved/);
  });

  it('to process.exit counts, even where it is caught', async () => {
    await start(
      'export const handler = () => { try { process.exit(5); } catch {} return { ok: 1 }; };',
    );
    expect((await node.call({})).body).toEqual({ ok: 1 });
    expect(await node.ended).toBe(5);
  });
});

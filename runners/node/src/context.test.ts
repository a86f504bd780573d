/** @jest-environment node */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { RunningNode } from './testing/RunningNode';

jest.setTimeout(60_000);

const nodes: RunningNode[] = [];
async function start(files: Record<string, string>) {
  const node = RunningNode.start(files, { CURRENCY: 'CAD' });
  nodes.push(node);
  return node.ready();
}
afterEach(async () => {
  await Promise.all(nodes.splice(0).map(node => node.end()));
});

describe('the context', () => {
  it('keeps what init sets, knows the package and the environment', async () => {
    const node = await start({
      'src/model.mjs': `
        import { readFile } from 'node:fs/promises';
        export async function init(ctx) {
          ctx.set('model', JSON.parse(await readFile(ctx.path('models/m.json'), 'utf8')));
        }
        export const handler = (ctx, data) => ({
          price: ctx.get('model').base * data.size,
          none: ctx.get('nothing', 7),
          currency: process.env.CURRENCY,
        });`,
      'models/m.json': '{"base": 2}',
    });
    expect((await node.call({ size: 21 })).body).toEqual({
      price: 42,
      none: 7,
      currency: 'CAD',
    });
  });

  it.each(['../x', '/etc/passwd', 'a/../../x'])(
    'gives no path outside of the package: %s',
    async path => {
      const node = await start({
        'm.mjs': `export const handler = ctx => ({ path: ctx.path(${JSON.stringify(
          path,
        )}) });`,
      });
      const { body } = await node.call({});
      expect(body.error?.message).toContain('outside of the package');
    },
  );

  it('follows no link out of the package', async () => {
    const node = await start({
      'm.mjs': 'export const handler = ctx => ({ path: ctx.path("out/x") });',
    });
    symlinkSync('/etc', join(node.directory, 'out'));
    expect((await node.call({})).body.error?.message).toContain(
      'outside of the package',
    );
  });

  it('writes the log as JSON lines, the console too', async () => {
    const node = await start({
      'm.mjs': `export function handler(ctx) {
        ctx.logger.warn('careful', { size: 3 });
        console.log('seen %d', 2);
        console.error(new Error('odd').message);
        return {};
      }`,
    });
    await node.call({}, { 'x-request-id': 'r9' });
    await node.seen(/odd/);
    expect(node.lines()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          level: 'warn',
          message: 'careful',
          logger: 'model',
          requestId: 'r9',
          size: 3,
        }),
        expect.objectContaining({ level: 'info', message: 'seen 2' }),
        expect.objectContaining({ level: 'error', message: 'odd' }),
      ]),
    );
  });

  it('saves predictions, measurements and documents as lines', async () => {
    const node = await start({
      'm.mjs': `export async function handler(ctx) {
        await ctx.prediction.save({ predictedValue: 1, trueValue: 2, extra: { a: 1 }, date: new Date(0) });
        await ctx.measurement.save({ measurement: 'calls', fields: { n: 1 }, tags: { a: 'b' }, time: 5, precision: 's' });
        await ctx.db.save('seen', { id: 1, name: 'x' });
        await ctx.db.save('seen', { id: 2, name: 'x' });
        await ctx.db.save('other', { id: 1 });
        await ctx.db.save('seen', { text: 'x'.repeat(70000) });
        return { found: await ctx.db.find('seen', { name: 'x' }) };
      }`,
    });
    const { body } = await node.call({}, { 'x-request-id': 'r2' });
    expect(body.found).toEqual([
      { id: 1, name: 'x' },
      { id: 2, name: 'x' },
    ]);
    await node.seen(/was not saved: it has more than 65536 bytes/);
    expect(node.lines()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          record: 'prediction',
          node: 'model',
          requestId: 'r2',
          predictedValue: 1,
          trueValue: 2,
          extra: { a: 1 },
          date: '1970-01-01T00:00:00.000Z',
          error: '',
        }),
        expect.objectContaining({
          record: 'measurement',
          measurement: 'calls',
          fields: { n: 1 },
          tags: { a: 'b' },
          precision: 's',
          at: 5,
        }),
        expect.objectContaining({
          record: 'document',
          collection: 'seen',
          document: { id: 2, name: 'x' },
        }),
      ]),
    );
  });
});

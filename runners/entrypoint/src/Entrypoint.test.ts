import { proto, rpc, startHoldingNode, stopAll } from './testing/housePrices';
import { TestRelease } from './testing/TestRelease';
import { waitFor } from './testing/waitFor';

afterEach(stopAll);

describe('stop', () => {
  it('lets calls in flight finish', async () => {
    const { node, answer } = await startHoldingNode();
    const release = await TestRelease.start({
      proto,
      workflows: { Estimate: ['node'] },
      nodes: { node: node.url },
    });
    await release.gate('open');
    const call = release.call(rpc, {});
    await waitFor(() => node.requests.length === 1);
    const stopped = release.stop();
    const late = release.call(rpc, {});
    await waitFor(() => node.requests.length === 2);
    answer('{"price": 5}');
    for (const each of [await call, await late]) {
      expect(await each.json()).toEqual({ price: 5 });
      expect(each.headers.get('connection')).toBe('close');
    }
    await stopped;
    await expect(release.call(rpc, {})).rejects.toThrow();
  });

  it('lets nobody in who was not let in before', async () => {
    const { node, answer } = await startHoldingNode();
    const release = await TestRelease.start({
      proto,
      workflows: { Estimate: ['node'] },
      nodes: { node: node.url },
    });
    await release.gate('open');
    const call = release.call(rpc, {});
    await waitFor(() => node.requests.length === 1);
    await release.gate('closed');
    const stopped = release.stop();
    expect((await release.call(rpc, {})).status).toBe(503);
    answer('{"price": 5}');
    await call;
    await stopped;
  });
});

describe('start', () => {
  const start = (environment: Record<string, string>, text = proto) =>
    TestRelease.start({
      proto: text,
      workflows: { Estimate: ['a'] },
      nodes: { a: 'http://127.0.0.1:1' },
      environment,
    });

  it.each([
    [
      { KRT_WORKFLOWS: '[{"name": "w", "rpc": "Nope", "sequential": ["a"]}]' },
      "names the rpc 'Nope'",
    ],
    [{ KRT_WORKFLOWS: '[]' }, 'KRT_WORKFLOWS must be'],
    [{ KRT_NODES: '{}' }, "KRT_NODES has no http URL for the node 'a'"],
    [
      { KRT_PROTO: 'missing.proto' },
      "the proto 'missing.proto' does not exist",
    ],
    [{ KRT_PROTO: '../../etc/passwd' }, 'does not exist in the package'],
    [{ KRT_INTERNAL_TOKEN: '' }, 'KRT_INTERNAL_TOKEN is missing'],
    [{ KRT_ORIGINS: '"*"' }, 'KRT_ORIGINS must be'],
    [{ KRT_MAX_BODY_BYTES: 'much' }, 'KRT_MAX_BODY_BYTES must be'],
  ])('refuses %j', async (environment, message) => {
    await expect(start(environment)).rejects.toThrow(message);
  });

  it('refuses a proto without exactly one service', async () => {
    await expect(start({}, 'syntax = "proto3"; message M {}')).rejects.toThrow(
      'exactly one service, it holds 0',
    );
  });
});

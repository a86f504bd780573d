import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  rpc,
  startHoldingNode,
  startNode,
  startRelease,
  stopAll,
} from './testing/housePrices';
import { NodeBehaviour, TestNode } from './testing/TestNode';
import { waitFor } from './testing/waitFor';

afterEach(stopAll);

describe('calls', () => {
  it('runs the nodes one after the other', async () => {
    const etl = await startNode(({ body }) =>
      body.replace('"room_type":"flat"', '"etl":9007199254740993'),
    );
    const model = await startNode(
      () => '{"price": 12.5, "currency": "EUR", "big": 9007199254740993}',
    );
    const release = await startRelease({ etl, model });

    const response = await release.call(
      rpc,
      { roomType: 'flat', big: '9007199254740993' },
      { 'x-request-id': 'r-1' },
    );

    expect(await response.json()).toEqual({
      price: 12.5,
      currency: 'EUR',
      big: '9007199254740993',
    });
    expect(response.headers.get('x-konstellation-release')).toBe('release-1');
    expect(response.headers.get('x-konstellation-version')).toBe('price-v1');
    expect(response.headers.get('x-request-id')).toBe('r-1');
    expect(etl.requests[0].body).toBe(
      '{"room_type":"flat","price":0.0,"big":9007199254740993}',
    );
    expect(model.requests[0].body).toBe(
      '{"etl":9007199254740993,"price":0.0,"big":9007199254740993}',
    );
    expect(model.requests[0].headers).toMatchObject({
      'x-request-id': 'r-1',
      'x-konstellation-workflow': 'run-estimate',
      'content-type': 'application/json',
    });
    const deadline = Number(
      model.requests[0].headers['x-konstellation-deadline'],
    );
    expect(deadline - Date.now()).toBeGreaterThan(20_000);
    expect(deadline - Date.now()).toBeLessThanOrEqual(30_000);
  });

  it('hands the trace on with a span of its own', async () => {
    const node = await startNode(() => '{}');
    const release = await startRelease({ node });
    const traceparent =
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    await release.call(rpc, {}, { traceparent });
    await release.call(rpc, {}, { traceparent: 'nonsense' });
    const [kept, made] = node.requests.map(
      ({ headers }) => headers.traceparent,
    );
    expect(kept).toMatch(
      /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/,
    );
    expect(kept).not.toBe(traceparent);
    expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('drops unknown keys with one warning', async () => {
    const node = await startNode(() => '{"price": 1, "extra": true}');
    const release = await startRelease({ node });
    for (let count = 0; count < 3; count++) {
      expect(await (await release.call(rpc, {})).json()).toEqual({ price: 1 });
    }
    const warnings = release.logged.filter(line => line.includes('"warn"'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("node 'node' answered the key 'extra'");
  });

  it.each<[string, NodeBehaviour, number, string, string]>([
    [
      'an exception',
      () => Promise.reject(new TypeError('no rooms')),
      500,
      'internal',
      "node 'model' failed: TypeError: no rooms",
    ],
    [
      'a field of another type',
      () => '{"price": "much"}',
      500,
      'internal',
      "the answer of node 'model' does not fit the response: field 'price': expected a number (double), got a string",
    ],
    [
      'no object',
      () => '[1]',
      500,
      'internal',
      "node 'model' answered something else than a JSON object",
    ],
    [
      'no JSON',
      () => '{nope}',
      500,
      'internal',
      "node 'model' answered something else than JSON",
    ],
    [
      'a connection it breaks',
      (_, response) => {
        response.destroy();
        return undefined;
      },
      503,
      'unavailable',
      "node 'model' broke the connection",
    ],
    [
      'too much',
      () => `{"currency": "${'x'.repeat(5000)}"}`,
      429,
      'resource_exhausted',
      "the answer of node 'model' has more than 4000 bytes",
    ],
  ])(
    'names the node that answers %s',
    async (_, behaviour, status, code, message) => {
      const etl = await startNode(() => '{}');
      const model = await startNode(behaviour);
      const release = await startRelease(
        { etl, model },
        { KRT_MAX_BODY_BYTES: '4000' },
      );
      const response = await release.call(rpc, {});
      const error = await response.json();
      expect([response.status, error.code]).toEqual([status, code]);
      expect(error.message).toContain(message);
      expect(model.requests).toHaveLength(1);
      expect(release.logged.join('')).toContain(message);
    },
  );

  it('refuses requests that do not fit, and rpcs nobody answers', async () => {
    const node = await startNode(() => '{}');
    const release = await startRelease(
      { node },
      { KRT_MAX_BODY_BYTES: '1000' },
    );
    const answer = async (name: string, request: unknown) => {
      const response = await release.call(name, request);
      return [response.status, (await response.json()).code];
    };
    expect(await answer(rpc, { price: 'much' })).toEqual([
      400,
      'invalid_argument',
    ]);
    expect(await answer(rpc, '{')).toEqual([400, 'invalid_argument']);
    expect(await answer(rpc, { roomType: 'x'.repeat(2000) })).toEqual([
      429,
      'resource_exhausted',
    ]);
    expect(await answer('house.Prices/Idle', {})).toEqual([
      501,
      'unimplemented',
    ]);
    expect(await answer('house.Prices/Watch', {})).toEqual([
      501,
      'unimplemented',
    ]);
    expect(await answer('house.Prices/Nope', {})).toEqual([
      404,
      'unimplemented',
    ]);
    expect(node.requests).toHaveLength(0);
  });

  it('answers at the deadline, naming the node, and lets go of it', async () => {
    const etl = await startNode(() => '{}');
    const model = await startHoldingNode();
    const release = await startRelease({ etl, model: model.node });
    const start = Date.now();
    const response = await release.call(
      rpc,
      {},
      { 'connect-timeout-ms': '200' },
    );
    expect(Date.now() - start).toBeLessThan(2_000);
    expect([response.status, await response.json()]).toEqual([
      504,
      {
        code: 'deadline_exceeded',
        message: "the deadline passed while waiting for node 'model'",
      },
    ]);
    await waitFor(model.isClosed);
  });

  it('gives callers without a deadline the default one', async () => {
    const { node } = await startHoldingNode();
    const release = await startRelease(
      { node },
      { KRT_DEFAULT_TIMEOUT_SECONDS: '1' },
    );
    const response = await release.call(rpc, {});
    expect([response.status, (await response.json()).message]).toEqual([
      504,
      "the deadline passed while waiting for node 'node'",
    ]);
  });

  it('lets go of the node when the caller goes', async () => {
    const { node, isClosed } = await startHoldingNode();
    const release = await startRelease({ node });
    const controller = new AbortController();
    const call = fetch(`${release.publicUrl}/${rpc}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: controller.signal,
    });
    await waitFor(() => node.requests.length > 0);
    controller.abort();
    await expect(call).rejects.toThrow();
    await waitFor(isClosed);
  });

  it('refuses more calls than it is to answer at once', async () => {
    const { node, answer } = await startHoldingNode();
    const release = await startRelease({ node }, { KRT_MAX_CALLS: '1' });
    const first = release.call(rpc, {});
    await waitFor(() => node.requests.length === 1);
    const second = await release.call(rpc, {});
    expect([second.status, (await second.json()).code]).toEqual([
      429,
      'resource_exhausted',
    ]);
    answer('{}');
    expect((await first).status).toBe(200);
  });

  it('comes to pods that are added: no connection is used for long', async () => {
    const connections = new Set<number | undefined>();
    const node = await startNode((_, { socket }) => {
      connections.add(socket?.remotePort);
      return '{}';
    });
    const release = await startRelease({ node });
    const statuses = new Set<number>();
    await waitFor(async () => {
      statuses.add((await release.call(rpc, {})).status);
      return connections.size > 1;
    });
    expect(connections.size).toBe(2);
    expect([...statuses]).toEqual([200]);
  });

  it('says that a node cannot be reached', async () => {
    const gone = await TestNode.start(() => '{}');
    await gone.stop();
    const release = await startRelease({ model: 'http://127.0.0.1:1' });
    const response = await release.call(rpc, {});
    expect([response.status, (await response.json()).message]).toEqual([
      503,
      expect.stringContaining("node 'model' cannot be reached"),
    ]);
  });

  it('finds nodes by the service map, also when they move', async () => {
    const first = await startNode(() => '{"price": 1}');
    const release = await startRelease(
      { model: 'http://v-price-v1-model-1a2b3c4d.kre-prices:8080' },
      {
        KRT_SERVICE_MAP: path.join(process.cwd(), 'no-such-map.json'),
      },
    );
    expect((await (await release.call(rpc, {})).json()).code).toBe(
      'unavailable',
    );

    const map = path.join(release.folder, 'services.json');
    const write = (node: TestNode) =>
      writeFileSync(
        map,
        JSON.stringify({
          'v-price-v1-model-1a2b3c4d.kre-prices:8080': `127.0.0.1:${node.port}`,
        }),
      );
    write(first);
    const mapped = await startRelease(
      { model: 'http://v-price-v1-model-1a2b3c4d.kre-prices:8080' },
      {
        KRT_SERVICE_MAP: map,
      },
    );
    expect(await (await mapped.call(rpc, {})).json()).toEqual({ price: 1 });
    const second = await startNode(() => '{"price": 2}');
    await first.stop();
    write(second);
    expect(await (await mapped.call(rpc, {})).json()).toEqual({ price: 2 });
  });
});

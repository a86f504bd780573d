import {
  internalHeaders,
  rpc,
  startNode,
  startRelease,
  stopAll,
} from './testing/housePrices';
import { waitFor } from './testing/waitFor';

afterEach(stopAll);

describe('ports', () => {
  it('is healthy once every node was ready', async () => {
    const etl = await startNode(() => '{}');
    const model = await startNode(() => '{}');
    model.isReady = false;
    const release = await startRelease({ etl, model });
    const health = async () => {
      const response = await fetch(`${release.internalUrl}/healthz`);
      return { status: response.status, body: await response.json() };
    };
    await waitFor(async () => (await health()).body.waitingFor?.length === 1);
    expect(await health()).toEqual({
      status: 503,
      body: { status: 'starting', waitingFor: ['model'] },
    });
    model.isReady = true;
    await waitFor(async () => (await health()).status === 200);
    model.isReady = false;
    expect((await health()).status).toBe(200);
  });

  it('asks for the token on the internal port', async () => {
    const node = await startNode(() => '{"price": 1}');
    const release = await startRelease({ node });
    await release.gate('closed');
    const post = (headers: Record<string, string>) =>
      fetch(`${release.internalUrl}/${rpc}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ 'x-konstellation-token': 'other' })).status).toBe(401);
    expect((await fetch(`${release.internalUrl}/gate`)).status).toBe(401);
    const response = await post(internalHeaders);
    expect(await response.json()).toEqual({ price: 1 });
    expect(response.headers.get('x-konstellation-release')).toBe('release-1');
    const refused = await fetch(`${release.internalUrl}/gate`, {
      method: 'PUT',
      headers: internalHeaders,
      body: '{"state": "ajar"}',
    });
    expect(refused.status).toBe(400);
  });

  it('describes the release and its rpcs', async () => {
    const node = await startNode(() => '{}');
    const release = await startRelease({ node });
    const get = async (url: string) => (await fetch(url)).json();
    const description = {
      runtime: 'prices',
      solution: 'prices',
      version: 'price-v1',
      release: 'release-1',
    };
    expect(await get(`${release.publicUrl}/.well-known/konstellation`)).toEqual(
      description,
    );
    expect(
      await get(`${release.internalUrl}/.well-known/konstellation`),
    ).toEqual(description);
    const openApi = await get(`${release.publicUrl}/openapi.json`);
    expect(Object.keys(openApi.paths)).toEqual(['/house.Prices/Estimate']);
    expect(openApi.components.schemas['house.Request'].properties).toEqual({
      roomType: { type: 'string' },
      price: { type: 'number', format: 'double' },
      big: { type: ['string', 'integer'], pattern: '^-?[0-9]+$' },
    });
    await release.gate('closed');
    expect(
      (await fetch(`${release.publicUrl}/.well-known/konstellation`)).status,
    ).toBe(503);
    expect(
      await get(`${release.internalUrl}/.well-known/konstellation`),
    ).toEqual(description);
  });

  it('counts and times calls', async () => {
    const node = await startNode(() => '{"price": "much"}');
    const release = await startRelease({ node });
    await release.call(rpc, {});
    const text = await (
      await fetch(`http://127.0.0.1:${release.ports.metrics}/metrics`)
    ).text();
    expect(text).toMatch(
      /konstellation_calls_total\{rpc="Estimate",code="internal",.*release="release-1"\} 1/,
    );
    expect(text).toMatch(
      /konstellation_node_duration_seconds_count\{.*workflow="run-estimate",node="node"\} 1/,
    );
  });

  it('lets browsers of allowed origins call', async () => {
    const node = await startNode(() => '{}');
    const release = await startRelease(
      { node },
      { KRT_ORIGINS: '["https://shop.example.org"]' },
    );
    const preflight = (origin: string) =>
      fetch(`${release.publicUrl}/${rpc}`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers':
            'content-type,connect-protocol-version',
        },
      });
    const allowed = await preflight('https://shop.example.org');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(
      'https://shop.example.org',
    );
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(
      /content-type.*connect-protocol-version/i,
    );
    expect(allowed.headers.get('access-control-allow-methods')).toContain(
      'POST',
    );
    expect(
      (await preflight('https://other.example.org')).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
    const call = await release.call(
      rpc,
      {},
      { origin: 'https://shop.example.org' },
    );
    expect(call.headers.get('access-control-allow-origin')).toBe(
      'https://shop.example.org',
    );
    expect(call.headers.get('vary')).toContain('Origin');

    const open = await startRelease({ node }, { KRT_ORIGINS: '["*"]' });
    const any = await open.call(rpc, {}, { origin: 'https://any.example.org' });
    expect(any.headers.get('access-control-allow-origin')).toBe('*');
  });
});

import http from 'node:http';
import http2 from 'node:http2';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  proto,
  rpc,
  startHoldingNode,
  startNode,
  startRelease,
  stopAll,
} from './testing/housePrices';
import { TestRelease } from './testing/TestRelease';
import { waitFor } from './testing/waitFor';

afterEach(stopAll);

describe('the gate', () => {
  /** One call over a keep-alive connection of its own. */
  function post(
    release: TestRelease,
    agent: http.Agent,
  ): Promise<{ status: number; connection?: string; body: string }> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        `${release.publicUrl}/${rpc}`,
        {
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json' },
        },
        response => {
          let body = '';
          response.on('data', part => {
            body += part;
          });
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              connection: response.headers.connection,
              body,
            }),
          );
        },
      );
      request.on('error', reject);
      request.end('{}');
    });
  }

  it('is closed at start and says that the version is not published', async () => {
    const node = await startNode(() => '{"price": 1}');
    const release = await startRelease({ node });
    await release.gate('closed');
    const response = await release.call(rpc, {});
    expect([response.status, await response.json()]).toEqual([
      503,
      { code: 'unavailable', message: "version 'price-v1' is not published" },
    ]);
    expect(node.requests).toHaveLength(0);
    expect(await release.gate('open')).toEqual({ state: 'open', inFlight: 0 });
    expect((await release.call(rpc, {})).status).toBe(200);
  });

  it.each([
    ['open', 'its own', 'release-1\n', 200],
    ['closed', 'another', 'release-2', 503],
    ['closed', 'none', undefined, 503],
  ])(
    'is %s at start where %s release is the published one',
    async (_, __, published, status) => {
      const folder = mkdtempSync(join(tmpdir(), 'published-'));
      const file = join(folder, 'release');
      if (published) writeFileSync(file, published);
      const node = await startNode(() => '{"price": 1}');
      const release = await TestRelease.start({
        proto,
        workflows: { Estimate: ['node'] },
        nodes: { node: node.url },
        environment: { KRT_PUBLISHED_FILE: file },
      });
      try {
        expect((await release.call(rpc, {})).status).toBe(status);
      } finally {
        await release.stop();
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('lets calls in flight finish when it closes', async () => {
    const { node, answer } = await startHoldingNode();
    const release = await startRelease({ node });
    const agent = new http.Agent({ keepAlive: true });
    const call = post(release, agent);
    await waitFor(() => node.requests.length === 1);
    expect(await release.gate('closed')).toEqual({
      state: 'closed',
      inFlight: 1,
    });
    answer('{"price": 7}');
    expect(await call).toEqual({
      status: 200,
      connection: 'close',
      body: '{"price":7}',
    });
    expect((await post(release, agent)).status).toBe(503);
    agent.destroy();
  });

  it('drains: answers, each answer the last of its connection', async () => {
    const node = await startNode(() => '{"price": 1}');
    const release = await startRelease({ node });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    expect((await post(release, agent)).connection).toBe('keep-alive');
    await release.gate('draining');
    expect(await post(release, agent)).toEqual({
      status: 200,
      connection: 'close',
      body: '{"price":1}',
    });
    // A new connection is still taken, and a drain can be taken back.
    expect((await post(release, agent)).connection).toBe('close');
    await release.gate('open');
    expect((await post(release, agent)).connection).toBe('keep-alive');
    agent.destroy();
  });

  it('closes connections without a call while it drains', async () => {
    const node = await startNode(() => '{}');
    const release = await startRelease({ node });
    const socket = net.connect(release.ports.public, '127.0.0.1');
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    socket.write('GET /.well-known/konstellation HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise(resolve => {
      socket.once('data', resolve);
    });
    await release.gate('draining');
    expect(isClosed).toBe(false);
    await waitFor(() => isClosed);
  });

  it('drains HTTP/2 with a GOAWAY after the answer', async () => {
    const { node, answer } = await startHoldingNode();
    const release = await startRelease({ node });
    const session = http2.connect(release.publicUrl);
    const lastStreams: number[] = [];
    session.on('goaway', (_, lastStream) => lastStreams.push(lastStream));
    const stream = session.request({
      ':method': 'POST',
      ':path': `/${rpc}`,
      'content-type': 'application/json',
    });
    let body = '';
    stream.on('data', part => {
      body += part;
    });
    stream.end('{}');
    await waitFor(() => node.requests.length === 1);
    await release.gate('draining');
    answer('{"price": 3}');
    await waitFor(() => session.destroyed);
    expect(body).toBe('{"price":3}');
    expect(lastStreams[0]).toBe(2 ** 31 - 1);

    // A connection that comes while it drains gets its answer too.
    const late = http2.connect(release.publicUrl);
    const answered = new Promise(resolve => {
      const call = late.request({
        ':method': 'POST',
        ':path': `/${rpc}`,
        'content-type': 'application/json',
      });
      call.on('response', headers => resolve(headers[':status']));
      call.resume().end('{}');
    });
    expect(await answered).toBe(200);
    await waitFor(() => late.destroyed);
  });
});

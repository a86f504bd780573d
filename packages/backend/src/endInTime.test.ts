import { createBackend } from '@backstage/backend-defaults';
import { mockServices } from '@backstage/backend-test-utils';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { endInTime } from './endInTime';

jest.setTimeout(60_000);

/** A plugin named as the event bus's whose calls wait for ever. */
const patientBus = createBackendPlugin({
  pluginId: 'events',
  register(env) {
    env.registerInit({
      deps: { router: coreServices.httpRouter },
      async init({ router }) {
        router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        router.use((_, response) => {
          response.writeHead(202);
          response.flushHeaders();
        });
      },
    });
  },
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  server.close();
  await once(server, 'close');
  return address.port;
}

async function portal() {
  const port = await freePort();
  const backend = createBackend();
  backend.add(mockServices.rootLogger.factory({ level: 'none' }));
  backend.add(endInTime);
  backend.add(patientBus);
  backend.add(
    mockServices.rootConfig.factory({
      data: {
        backend: {
          baseUrl: `http://127.0.0.1:${port}`,
          listen: `127.0.0.1:${port}`,
          database: { client: 'better-sqlite3', connection: ':memory:' },
        },
      },
    }),
  );
  await backend.start();
  return { port, stop: () => backend.stop() };
}

/** Resolves once the answer has begun; `ended` says how it ends. */
async function call(port: number, path: string) {
  const asked = get({ port, host: '127.0.0.1', path });
  const [response]: IncomingMessage[] = await once(asked, 'response');
  response.resume();
  const ended = new Promise<string>(resolve => {
    response.once('end', () => resolve('answered'));
    response.once('error', () => resolve('cut'));
  });
  return { ended };
}

describe('endInTime', () => {
  // Backstage itself ends all connections at once only in development.
  const before = process.env.NODE_ENV;
  beforeAll(() => {
    Object.assign(process.env, { NODE_ENV: 'production' });
  });
  afterAll(() => {
    Object.assign(process.env, { NODE_ENV: before });
  });

  it('does not wait for those who wait for events', async () => {
    const { port, stop } = await portal();
    const path = '/api/events/bus/v1/subscriptions/catalog.one/events';
    const polls = await Promise.all([call(port, path), call(port, path)]);
    const begun = Date.now();
    await stop();
    expect(Date.now() - begun).toBeLessThan(5_000);
    for (const poll of polls) expect(await poll.ended).toBe('cut');
  });

  it('gives other calls some seconds, not more', async () => {
    const { port, stop } = await portal();
    const followed = await call(port, '/api/events/log');
    const begun = Date.now();
    await stop();
    const took = Date.now() - begun;
    expect(took).toBeGreaterThan(8_000);
    expect(took).toBeLessThan(20_000);
    expect(await followed.ended).toBe('cut');
  });
});

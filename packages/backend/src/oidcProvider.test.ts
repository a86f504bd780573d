import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import authPlugin from '@backstage/plugin-auth-backend';
import { oidcProvider } from './oidcProvider';

describe('a provider that people sign in with', () => {
  let provider: Server;
  let issuer: string;
  let isAway: boolean;
  let asked: number;
  let portal: Awaited<ReturnType<typeof startTestBackend>>;

  beforeEach(async () => {
    isAway = true;
    asked = 0;
    provider = createServer((_request, response) => {
      asked++;
      if (isAway) {
        response.writeHead(503).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          userinfo_endpoint: `${issuer}/userinfo`,
        }),
      );
    });
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const { port } = provider.address() as AddressInfo;
    issuer = `http://127.0.0.1:${port}`;
  });

  afterEach(async () => {
    await portal.stop();
    provider.close();
    await once(provider, 'close');
  });

  async function start() {
    portal = await startTestBackend({
      features: [
        authPlugin,
        oidcProvider,
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost:7007' },
            backend: { baseUrl: 'http://localhost:7007' },
            auth: {
              environment: 'production',
              session: { secret: 'of-this-test' },
              providers: {
                oidc: {
                  production: {
                    metadataUrl: `${issuer}/.well-known/openid-configuration`,
                    clientId: 'portal',
                    clientSecret: 'of-this-test',
                  },
                },
              },
            },
          },
        }),
      ],
    });
  }

  const signIn = () =>
    fetch(
      `http://localhost:${portal.server.port()}/api/auth/oidc/start?env=production&scope=openid`,
      { redirect: 'manual' },
    );

  it('may be away when the portal starts', async () => {
    await start();
    const refused = await signIn();
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('try again in a moment');
    isAway = false;
    const { status, headers } = await signIn();
    expect(status).toBe(302);
    expect(headers.get('location')).toContain(`${issuer}/authorize`);
  });

  it('is asked once, however many sign in', async () => {
    isAway = false;
    await start();
    await Promise.all([signIn(), signIn(), signIn()]);
    expect(asked).toBe(1);
  });
});

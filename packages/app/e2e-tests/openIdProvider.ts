import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real OpenID Connect server, which takes every login that is an address, whatever the password. */
export interface OpenIdProvider {
  metadataUrl: string;
  clientId: string;
  clientSecret: string;
  close(): Promise<void>;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
}

/** @param redirectUri - where it sends people back to */
export async function startOpenIdProvider(
  redirectUri: string,
): Promise<OpenIdProvider> {
  // Its address is part of what it says about itself, so the port comes first.
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const clientId = 'konstellation';
  const clientSecret = randomBytes(16).toString('hex');
  const { Provider } = await import('oidc-provider');
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    claims: {
      openid: ['sub'],
      profile: ['name'],
      email: ['email', 'email_verified'],
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [signingKey()] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: id.split('@')[0],
        email: id,
        email_verified: true,
      }),
    }),
    // As Keycloak does it.
    issueRefreshToken: async (_, client) =>
      client.grantTypeAllowed('refresh_token'),
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    answer(request, response);
  });
  return {
    metadataUrl: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

import { KonstellationClient } from '@konstellation/backstage-plugin-konstellation-common';
import { CliError, usage } from '../errors';
import { readCredentials, writeCredentials } from './credentials';
import { refresh } from './tokens';

const DEFAULT_PORTAL = 'http://localhost:7007';
const TIMEOUT = 60_000;
/** A token that is good for less than this is renewed before it is used. */
const MARGIN = 60_000;

/** @throws CliError */
export function portalUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw usage(
      `"${text}" is no address of a portal`,
      'for example https://portal.example.com',
    );
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw usage(
      `"${text}" is no address of a portal`,
      'it begins with https://',
    );
  }
  return url.toString().replace(/\/+$/, '');
}

/** The portal a command goes to: --portal, KRT_PORTAL, the one logged in to, or the one on this machine. */
export async function portalOf(given: string | undefined): Promise<string> {
  const stated = given ?? process.env.KRT_PORTAL;
  if (stated) return portalUrl(stated);
  return (await readCredentials()).selected ?? DEFAULT_PORTAL;
}

/** KRT_TOKEN, or what the login left, renewed where it has to be. */
export async function tokenOf(portal: string): Promise<string | undefined> {
  if (process.env.KRT_TOKEN) return process.env.KRT_TOKEN;
  const credentials = await readCredentials();
  const known = credentials.portals[portal];
  if (!known) return undefined;
  if (known.expiresAt - Date.now() > MARGIN) return known.accessToken;
  const renewed = await refresh(portal, known);
  credentials.portals[portal] = renewed;
  await writeCredentials(credentials);
  return renewed.accessToken;
}

/** The API of a portal with the credentials of the user. */
export async function connect(given: string | undefined): Promise<{
  portal: string;
  client: KonstellationClient;
}> {
  const portal = await portalOf(given);
  const credentials = async () => {
    const token = await tokenOf(portal);
    if (!token) {
      // Where nobody answers, to log in would not help.
      await fetch(`${portal}/api/konstellation/openapi.json`, {
        method: 'HEAD',
        signal: AbortSignal.timeout(TIMEOUT),
      });
      throw new CliError(`you are not logged in to ${portal}`, {
        name: 'AuthenticationError',
        hint: `log in with \`krt login ${portal}\`, or set KRT_TOKEN`,
      });
    }
    return { token };
  };
  const authorized: typeof fetch = async (input, init) => {
    const { token } = await credentials();
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    // A stream ends when its reader has enough.
    const isStream = String(input).includes('follow=true');
    const timeout = isStream ? [] : [AbortSignal.timeout(TIMEOUT)];
    const signal = AbortSignal.any([
      ...(init?.signal ? [init.signal] : []),
      ...timeout,
    ]);
    return fetch(input, { ...init, headers, signal });
  };
  return {
    portal,
    client: new KonstellationClient({
      discoveryApi: {
        getBaseUrl: async plugin => `${portal}/api/${plugin}`,
      },
      fetchApi: { fetch: authorized },
      identityApi: { getCredentials: credentials },
    }),
  };
}

/** Who the portal takes one for. */
export async function whoAmI(portal: string): Promise<string> {
  const token = await tokenOf(portal);
  const response = await fetch(`${portal}/api/auth/v1/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(TIMEOUT),
  });
  const body: unknown = await response.json().catch(() => undefined);
  const claims =
    typeof body === 'object' && body !== null && 'claims' in body
      ? body.claims
      : body;
  const subject: unknown =
    typeof claims === 'object' && claims !== null && 'sub' in claims
      ? claims.sub
      : undefined;
  return typeof subject === 'string' ? subject : 'someone the portal knows';
}

import { KonstellationClient } from '@konstellation/backstage-plugin-konstellation-common';
import { CliError, usage } from '../errors';
import {
  readCredentials,
  writeCredentials,
  type PortalCredentials,
} from './credentials';
import { fetchPortal } from './fetchPortal';
import { refresh } from './tokens';

const DEFAULT_PORTAL = 'http://localhost:7007';
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

async function renewed(
  portal: string,
  known: PortalCredentials,
): Promise<string> {
  try {
    const fresh = await refresh(portal, known);
    const credentials = await readCredentials();
    credentials.portals[portal] = fresh;
    await writeCredentials(credentials);
    return fresh.accessToken;
  } catch (error) {
    // A refresh token is good for once: another krt may have been faster.
    const now = (await readCredentials()).portals[portal];
    if (now && now.accessToken !== known.accessToken) return now.accessToken;
    throw error;
  }
}

/** KRT_TOKEN, or what the login left, renewed where it has to be. */
async function tokenOf(portal: string): Promise<string | undefined> {
  if (process.env.KRT_TOKEN) return process.env.KRT_TOKEN;
  const known = (await readCredentials()).portals[portal];
  if (!known) return undefined;
  return known.expiresAt - Date.now() > MARGIN
    ? known.accessToken
    : renewed(portal, known);
}

/** A portal, and what asks it with the credentials of the user. */
export interface Connection {
  portal: string;
  client: KonstellationClient;
  fetch: typeof fetch;
}

/** The API of a portal with the credentials of the user. */
export async function connect(given: string | undefined): Promise<Connection> {
  const portal = await portalOf(given);
  const credentials = async () => {
    const token = await tokenOf(portal);
    if (token) return { token };
    // Where nobody answers, to log in would not help.
    await fetchPortal(`${portal}/api/konstellation/openapi.json`, {
      method: 'HEAD',
    });
    throw new CliError(`you are not logged in to ${portal}`, {
      name: 'AuthenticationError',
      hint: `log in with \`krt login ${portal}\`, or set KRT_TOKEN`,
    });
  };
  const authorized: typeof fetch = async (input, init) => {
    const { token } = await credentials();
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    const url = new URL(String(input));
    const isStream =
      url.searchParams.get('follow') === 'true' ||
      url.pathname.endsWith('/activities/export');
    return fetchPortal(url, { ...init, headers, isStream });
  };
  return {
    portal,
    fetch: authorized,
    client: new KonstellationClient({
      discoveryApi: {
        getBaseUrl: async plugin => `${portal}/api/${plugin}`,
      },
      fetchApi: { fetch: authorized },
      identityApi: { getCredentials: credentials },
    }),
  };
}

import { CliError } from '../errors';
import type { PortalCredentials } from './credentials';
import { fetchPortal } from './fetchPortal';

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (each, key) =>
      typeof each === 'object' && each !== null
        ? Reflect.get(each, key)
        : undefined,
    value,
  );
}

/** The text at a path of an answer. */
export function stringOf(
  value: unknown,
  ...path: string[]
): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : undefined;
}

function numberOf(value: unknown, ...path: string[]): number | undefined {
  const found = valueAt(value, path);
  return typeof found === 'number' ? found : undefined;
}

/** URL of the metadata of this client (OAuth client id metadata documents). */
export function clientMetadataOf(portal: string): string {
  return `${portal}/api/auth/.well-known/oauth-client/cli.json`;
}

/** The guest provider, where the portal has it. undefined where it has not. */
export async function guestToken(
  portal: string,
): Promise<PortalCredentials | undefined> {
  const response = await fetchPortal(`${portal}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  if (!response.ok) return undefined;
  const body: unknown = await response.json();
  const accessToken = stringOf(body, 'backstageIdentity', 'token');
  const seconds =
    numberOf(body, 'backstageIdentity', 'expiresInSeconds') ?? 3_600;
  if (!accessToken) return undefined;
  return {
    kind: 'guest',
    accessToken,
    expiresAt: Date.now() + seconds * 1_000,
  };
}

/** RFC 6749, 4.1.3 and 6. @throws CliError */
export async function exchange(
  portal: string,
  body: Record<string, string>,
): Promise<PortalCredentials> {
  const response = await fetchPortal(`${portal}/api/auth/v1/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const accessToken = stringOf(answer, 'access_token');
  if (!response.ok || !accessToken) {
    const why =
      stringOf(answer, 'error_description') ?? `status ${response.status}`;
    throw new CliError(`the portal gave no token: ${why}`, {
      name: 'AuthenticationError',
      hint: 'log in again: krt login',
    });
  }
  return {
    kind: 'oauth',
    accessToken,
    refreshToken: stringOf(answer, 'refresh_token') ?? body.refresh_token,
    expiresAt: Date.now() + (numberOf(answer, 'expires_in') ?? 3_600) * 1_000,
  };
}

/** Credentials that are good for a while again. @throws CliError when one has to log in anew */
export async function refresh(
  portal: string,
  credentials: PortalCredentials,
): Promise<PortalCredentials> {
  if (credentials.kind === 'guest') {
    const renewed = await guestToken(portal);
    if (renewed) return renewed;
  } else if (credentials.refreshToken) {
    return exchange(portal, {
      grant_type: 'refresh_token',
      refresh_token: credentials.refreshToken,
    });
  }
  throw new CliError('the login has expired', {
    name: 'AuthenticationError',
    hint: 'log in again: krt login',
  });
}

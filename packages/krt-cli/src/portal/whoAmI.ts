import { ResponseError } from '@backstage/errors';
import type { Connection } from './connect';

function subjectOf(body: unknown): string | undefined {
  const claims =
    typeof body === 'object' && body !== null && 'claims' in body
      ? body.claims
      : body;
  return typeof claims === 'object' &&
    claims !== null &&
    'sub' in claims &&
    typeof claims.sub === 'string'
    ? claims.sub
    : undefined;
}

/**
 * Who the portal takes one for, as an entity reference; undefined for a program with a token of its own.
 * @throws ResponseError when the portal does not know the token
 */
export async function whoAmI(
  connection: Connection,
): Promise<string | undefined> {
  const { portal, client, fetch } = connection;
  const response = await fetch(`${portal}/api/auth/v1/userinfo`);
  if (response.ok) return subjectOf(await response.json());
  if (!process.env.KRT_TOKEN) throw await ResponseError.fromResponse(response);
  // The tokens of programs stand for no user. Whether this one is good, the API says.
  await response.body?.cancel();
  await client.listRuntimes({ limit: 1 });
  return undefined;
}

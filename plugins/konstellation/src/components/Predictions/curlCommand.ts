import type {
  Address,
  RpcSchema,
} from '@konstellation/backstage-plugin-konstellation-common';

/** The call of an rpc at its public address, for a POSIX shell. `body` is JSON text. */
export function curlCommand(
  address: Address,
  rpc: Pick<RpcSchema, 'service' | 'rpc'>,
  body: string,
): string {
  const quoted = `'${body.replaceAll("'", "'\\''")}'`;
  return `curl -X POST ${address.http}/${rpc.service}/${rpc.rpc} -H 'content-type: application/json' -d ${quoted}`;
}

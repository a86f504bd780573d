// A caller of a published solution, on a connection of its own that stays open.
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const WITHIN_MILLIS = 10_000;

/**
 * With gRPC, as a client of any language; the name travels as authority, as machines do not resolve `*.localhost`.
 *
 * @param question - `{ proto, service, rpc, message }`, proto is a file
 * @returns as httpCaller
 */
export function grpcCaller(address, { proto, service, rpc, message }) {
  const Client = service
    .split('.')
    .reduce(
      (scope, name) => scope[name],
      loadPackageDefinition(loadSync(proto)),
    );
  const client = new Client(
    address.replace(/^[^:]+\.localhost:/, '127.0.0.1:'),
    credentials.createInsecure(),
    { 'grpc.default_authority': address, 'grpc.use_local_subchannel_pool': 1 },
  );
  return {
    call: () =>
      new Promise((resolve, reject) => {
        let version;
        const deadline = Date.now() + WITHIN_MILLIS;
        client[rpc](message, { deadline }, (error, answer) => {
          if (error) reject(new Error(`gRPC: ${error.message}`));
          else resolve({ version, answer });
        }).on('metadata', metadata => {
          [version] = metadata.get('x-konstellation-version');
        });
      }),
    end: () => client.close(),
  };
}

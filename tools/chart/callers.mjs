// Callers of a published solution, each on a connection of its own that stays open.
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Agent } from 'node:http';
import { callOutside } from '../api.mjs';

const WITHIN_MILLIS = 10_000;

/**
 * With JSON over HTTP/1.1.
 *
 * @param address - as the portal names it
 * @param question - `{ service, rpc, message }`
 * @returns `{ call, end }`; a call returns `{ version, answer }` and rejects when it is not answered well
 */
export function httpCaller(address, { service, rpc, message }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async call() {
      const path = `/${service}/${rpc}`;
      const answered = await callOutside(address, path, message, { agent });
      const { status, version, body: answer } = answered;
      if (status !== 200) throw new Error(`HTTP: ${status}`);
      return { version, answer };
    },
    end: () => agent.destroy(),
  };
}

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

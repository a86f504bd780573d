// Calls to the front of the cluster, from this machine.
import { Agent, request } from 'node:http';
import { connect } from 'node:http2';
import { readFileSync } from 'node:fs';
import { request as requestTls } from 'node:https';
import { join } from 'node:path';

const WITHIN_MILLIS = 5_000;

async function answerOf(call) {
  return new Promise((resolve, reject) => {
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.on('response', async answer => {
      try {
        const chunks = await answer.toArray();
        const body = Buffer.concat(chunks).toString();
        resolve({ status: answer.statusCode, body });
      } catch (error) {
        reject(error);
      }
    });
    call.end();
  });
}

/** Over HTTP/1.1; with an agent, on connections that stay open. */
export function callHttp({ httpPort }, host, path = '/', agent = undefined) {
  return answerOf(
    request({
      ...{ host: '127.0.0.1', port: httpPort, path, agent },
      headers: { host },
      timeout: WITHIN_MILLIS,
    }),
  );
}

export function callHttps({ httpsPort, state }, host) {
  return answerOf(
    requestTls({
      ...{ host: '127.0.0.1', port: httpsPort, path: '/' },
      ca: readFileSync(join(state, 'pki/ca.crt')),
      servername: 'localhost',
      headers: { host },
      timeout: WITHIN_MILLIS,
    }),
  );
}

/** Over HTTP/2 without TLS, as gRPC does; the trailer comes with it. */
export async function callH2c({ httpPort }, host, path) {
  const client = connect(`http://127.0.0.1:${httpPort}`);
  try {
    const call = client.request({ ':authority': host, ':path': path });
    call.setTimeout(WITHIN_MILLIS, () => call.close());
    let status;
    let trailers = {};
    call.on('response', headers => (status = headers[':status']));
    call.on('trailers', headers => (trailers = headers));
    const chunks = await call.toArray();
    const body = Buffer.concat(chunks).toString();
    return { status, body, grpcStatus: trailers['grpc-status'] };
  } finally {
    client.close();
  }
}

export const keepingAlive = connections =>
  new Agent({ keepAlive: true, maxSockets: connections });

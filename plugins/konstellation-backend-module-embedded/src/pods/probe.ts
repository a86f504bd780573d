import { request } from 'node:http';
import { connect } from 'node:net';
import type { Probe } from 'kubernetes-types/core/v1';

/** @returns undefined when the probe succeeds, or what it saw */
export function probeOnce(
  probe: Probe,
  portOf: (port: number | string) => number | undefined,
): Promise<string | undefined> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1_000;
  const target = probe.httpGet?.port ?? probe.tcpSocket?.port;
  const port = target === undefined ? undefined : portOf(target);
  // Probes of another kind are not played: they would say nothing true here.
  if (port === undefined) return Promise.resolve(undefined);
  return new Promise(resolve => {
    if (probe.tcpSocket) {
      const socket = connect({ port, host: '127.0.0.1', timeout });
      const end = (result?: string) => {
        socket.destroy();
        resolve(result);
      };
      socket.once('connect', () => end());
      socket.once('timeout', () => end(`no connection within ${timeout} ms`));
      socket.once('error', error => end(error.message));
      return;
    }
    const outgoing = request(
      {
        port,
        host: '127.0.0.1',
        path: probe.httpGet?.path ?? '/',
        timeout,
        agent: false,
      },
      answer => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', chunk => {
          if (text.length < 1_000) text += chunk;
        });
        answer.on('error', error => resolve(error.message));
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          resolve(
            status >= 200 && status < 400
              ? undefined
              : `HTTP probe failed with statuscode: ${status} ${text}`.trim(),
          );
        });
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`no answer within ${timeout} ms`)),
    );
    outgoing.on('error', error => resolve(error.message));
    outgoing.end();
  });
}

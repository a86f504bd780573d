// The REST API as the tools call it: as the guest of a portal on this machine.
import { request } from 'node:http';

export class ApiError extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? `the portal answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** Signs in as guest. @returns call(method, path, body) → parsed answer; throws ApiError */
export async function signIn(baseUrl) {
  const answer = await fetch(`${baseUrl}/api/auth/guest/refresh`, {
    method: 'POST',
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  if (!answer.ok) {
    throw new Error(
      `The portal at ${baseUrl} does not let guests in (${answer.status}); the demo needs that.`,
    );
  }
  const { backstageIdentity } = await answer.json();
  return async function call(method, path, body) {
    const isPackage = body instanceof Uint8Array;
    const response = await fetch(`${baseUrl}/api/konstellation${path}`, {
      method,
      headers: {
        authorization: `Bearer ${backstageIdentity.token}`,
        ...(body && {
          'content-type': isPackage ? 'application/gzip' : 'application/json',
        }),
      },
      body: isPackage || !body ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const parsed = text ? JSON.parse(text) : undefined;
    if (!response.ok) throw new ApiError(response.status, parsed);
    return parsed;
  };
}

/**
 * Calls a published address as anyone outside does. Node does not resolve `*.localhost`, so the connection goes to this
 * machine and the name travels as Host.
 * @returns `{ status, version, body }`
 */
export function callOutside(address, path, body, { agent } = {}) {
  const url = new URL(address + path);
  const local = url.hostname.endsWith('.localhost');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: local ? '127.0.0.1' : url.hostname,
        port: url.port || 80,
        path: url.pathname,
        method: 'POST',
        agent,
        headers: { host: url.host, 'content-type': 'application/json' },
        timeout: 10_000,
      },
      answer => {
        const chunks = [];
        answer.on('data', chunk => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          let parsed = text;
          try {
            parsed = JSON.parse(text);
          } catch {
            // Shown as it is.
          }
          resolve({
            status: answer.statusCode,
            version: answer.headers['x-konstellation-version'],
            body: parsed,
          });
        });
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error('no answer within 10 s')),
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

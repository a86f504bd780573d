// Serves one KRT package on loopback, as the portal's package port does.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** @returns `{ url, digest, token, close }` */
export async function servePackage(file) {
  const content = readFileSync(file);
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const token = 'token-of-the-release';
  const server = createServer((request, response) => {
    const isKnown = request.url === `/packages/${digest}`;
    const isAllowed = request.headers.authorization === `Bearer ${token}`;
    response.writeHead(isKnown ? (isAllowed ? 200 : 401) : 404);
    response.end(isKnown && isAllowed ? content : undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    digest,
    token,
    url: `http://127.0.0.1:${server.address().port}/packages/${digest}`,
    close: () => server.close(),
  };
}

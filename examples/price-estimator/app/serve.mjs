// Serves the page of the house seller on loopback:
//   node app/serve.mjs [port]
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const DEFAULT_PORT = 7070;

/** Nothing else is served. */
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/estimate.js': ['estimate.js', 'text/javascript; charset=utf-8'],
  '/house.svg': ['house.svg', 'image/svg+xml'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
};

const HEADERS = {
  'cache-control': 'no-cache',
  // It calls the solution wherever that is, and loads from nowhere else.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

function answer(response, status, contentType, body) {
  response.writeHead(status, { ...HEADERS, 'content-type': contentType });
  response.end(body);
}

async function serve(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const [file, contentType] = FILES[pathname] ?? [];
  if (!file) {
    answer(response, 404, 'text/plain', 'There is nothing here.\n');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    answer(response, 405, 'text/plain', 'This page is only read.\n');
  } else {
    const body = await readFile(join(import.meta.dirname, file));
    answer(response, 200, contentType, body);
  }
}

/**
 * Serves the page.
 *
 * @param options.port - 0 for a free one
 * @returns `{ url, close }`: its origin, without trailing slash
 * @throws the error of listening, e.g. with code EADDRINUSE
 */
export async function serveApp({ port = DEFAULT_PORT } = {}) {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${server.address().port}`,
    close() {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      return closed;
    },
  };
}

async function main() {
  const port = Number(process.argv[2] ?? DEFAULT_PORT);
  try {
    const { url } = await serveApp({ port });
    console.log(url);
  } catch (error) {
    console.error(
      error.code === 'EADDRINUSE' ? `Port ${port} is in use.` : error.message,
    );
    process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  await main();
}

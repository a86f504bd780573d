import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { CliError } from '../errors';
import type { PortalCredentials } from './credentials';
import { fetchPortal } from './fetchPortal';
import { clientMetadataOf, exchange, stringOf } from './tokens';

/** The one redirect address the portal's metadata of this client names. */
const CALLBACK_PORT = 8055;
const CALLBACK = `http://127.0.0.1:${CALLBACK_PORT}/callback`;
/** How long one may take to sign in. */
const WAIT_MILLIS = 5 * 60_000;

const OPENERS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'open',
  win32: 'explorer',
};

function openBrowser(url: string): void {
  const command = OPENERS[process.platform] ?? 'xdg-open';
  const child = spawn(command, [url], { detached: true, stdio: 'ignore' });
  // The address was printed; who has no browser opens it elsewhere.
  child.once('error', () => undefined);
  child.unref();
}

/** Waits for the browser to come back with the code (RFC 8252, 7.3). */
async function listen(state: string, signal: AbortSignal) {
  const server = createServer();
  const code = new Promise<string>((resolve, reject) => {
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', CALLBACK);
      const say = (status: number, text: string) => {
        response.writeHead(status, { 'content-type': 'text/plain' });
        response.end(`${text}\n`);
      };
      const found = url.searchParams.get('code');
      const error = url.searchParams.get('error');
      if (url.pathname !== '/callback') say(404, 'Not found');
      else if (url.searchParams.get('state') !== state) {
        say(400, 'This answer belongs to another login.');
      } else if (error) {
        say(200, 'The login was refused. You may close this window.');
        const why = url.searchParams.get('error_description') ?? error;
        reject(new CliError(`the portal refused the login: ${why}`));
      } else if (found) {
        say(200, 'You are logged in. You may close this window.');
        resolve(found);
      } else say(400, 'The code is missing.');
    });
    signal.addEventListener('abort', () =>
      reject(
        new CliError('nobody signed in within five minutes', {
          hint: 'try again: krt login',
        }),
      ),
    );
  });
  // Whoever waits for it hears of it.
  code.catch(() => undefined);
  server.listen(CALLBACK_PORT, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    throw new CliError(`port ${CALLBACK_PORT} is in use`, {
      hint: 'another login may be under way; end it and try again',
    });
  }
  return {
    code,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * The id by which the portal knows this client; undefined where command line tools cannot sign people in. The portal says it
 * itself, since it may know itself by another address than the user.
 */
export async function findClientId(
  portal: string,
): Promise<string | undefined> {
  const response = await fetchPortal(clientMetadataOf(portal));
  // What is not there may be answered with the page of the app.
  const metadata: unknown = response.ok
    ? await response.json().catch(() => undefined)
    : undefined;
  return stringOf(metadata, 'client_id');
}

/**
 * Signs in with the portal's own pages: authorization code with PKCE (RFC 7636), this client being known by its metadata
 * document.
 */
export async function logInWithBrowser(
  portal: string,
  options: {
    clientId: string;
    openBrowser: boolean;
    onUrl: (url: string) => void;
  },
): Promise<PortalCredentials> {
  const verifier = randomBytes(48).toString('base64url');
  const state = randomBytes(32).toString('hex');
  const callback = await listen(state, AbortSignal.timeout(WAIT_MILLIS));
  try {
    const url = new URL(`${portal}/api/auth/v1/authorize`);
    url.search = new URLSearchParams({
      client_id: options.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid offline_access',
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    options.onUrl(url.toString());
    if (options.openBrowser) openBrowser(url.toString());
    return await exchange(portal, {
      grant_type: 'authorization_code',
      code: await callback.code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    });
  } finally {
    callback.close();
  }
}

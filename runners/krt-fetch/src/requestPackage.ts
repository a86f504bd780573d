import { Delay, readRetryAfter } from './Delay';
import { Refusal } from './Refusal';
import type { Settings } from './settings';

/** Statuses below 500 that may pass: timeouts and too many requests. */
const PASSING_STATUSES = [408, 425, 429];
const REDIRECTS = [302, 303, 307, 308];
/** What the package, or a part of it, comes with. */
const CONTENT_STATUSES = [200, 206, 416];

const REASONS: Record<number, string> = {
  401: 'the token is not accepted',
  403: 'the token is not good for this package',
  404: 'the package does not exist',
  410: 'the package does not exist any more',
};

/** Gives the connection back. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}

/** What an answer without content means. */
async function refuse(response: Response): Promise<never> {
  const { status, headers } = response;
  await discard(response);
  const millis = readRetryAfter(headers.get('retry-after'));
  const isPassing = status >= 500 || PASSING_STATUSES.includes(status);
  if (isPassing && millis !== undefined) {
    throw new Delay(`HTTP ${status}`, millis);
  }
  if (isPassing) throw new Error(`HTTP ${status}`);
  const reason = REASONS[status] ? `: ${REASONS[status]}` : '';
  throw new Refusal(`the package was refused with HTTP ${status}${reason}`);
}

/** Where the portal sends to. @throws Refusal for what is no place of the web */
function placeOf(response: Response, asked: URL): URL {
  const location = response.headers.get('location');
  if (location && URL.canParse(location, asked)) {
    const place = new URL(location, asked);
    if (['http:', 'https:'].includes(place.protocol)) return place;
  }
  throw new Refusal(
    'the portal sends to a place that is no http:// or https:// URL',
  );
}

/**
 * Asks the portal for the package, and the object store where the portal sends there. The token goes to the portal alone, and the
 * store is asked with the URL of this answer only: it is good for minutes, so an old one is worth nothing.
 *
 * @param options.from - byte to begin at
 * @returns an answer with status 200, 206 or 416
 * @throws Refusal for what stays as it is; Delay; any other error may pass
 */
export async function requestPackage(
  options: Pick<Settings, 'url' | 'token'> & {
    from: number;
    signal: AbortSignal;
  },
): Promise<Response> {
  const { url, token, from, signal } = options;
  const headers = {
    // What is hashed are the stored bytes; nothing on the way may encode them once more.
    'accept-encoding': 'identity',
    ...(from > 0 ? { range: `bytes=${from}-` } : {}),
  };
  const portal = await fetch(url, {
    signal,
    redirect: 'manual',
    headers: token ? { ...headers, authorization: `Bearer ${token}` } : headers,
  });
  if (CONTENT_STATUSES.includes(portal.status)) return portal;
  if (!REDIRECTS.includes(portal.status)) await refuse(portal);
  await discard(portal);
  const place = placeOf(portal, url);
  const store = await fetch(place, { signal, redirect: 'manual', headers });
  if (CONTENT_STATUSES.includes(store.status)) return store;
  await discard(store);
  if (store.status === 404) {
    throw new Refusal(`the object store ${place.host} has no such package`);
  }
  // Also refusals: the URL may have expired on the way, and the portal is asked for another.
  throw new Error(`HTTP ${store.status} of the object store ${place.host}`);
}

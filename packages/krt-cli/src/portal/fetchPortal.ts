import { unreachable } from '../errors';

const READ_MILLIS = 60_000;
/** A package of some megabytes over a slow line, or a call that takes its time. */
const WRITE_MILLIS = 300_000;
/** Answers of a proxy whose portal is not there; the portal's own errors are JSON. */
const GATEWAY = [502, 503, 504];

function isJson(response: Response): boolean {
  return Boolean(response.headers.get('content-type')?.includes('json'));
}

/**
 * `fetch` that ends: within a minute for what reads, within five for what writes. A stream has to begin within a minute, and
 * may then go on for ever.
 * @throws CliError with exit code 3 when nobody answers, or only a proxy
 */
export async function fetchPortal(
  url: string | URL,
  init: RequestInit & { isStream?: boolean } = {},
): Promise<Response> {
  const { isStream, ...request } = init;
  const isRead = !request.method || /^(GET|HEAD)$/.test(request.method);
  const impatience = new AbortController();
  const timer = setTimeout(
    () => impatience.abort(new DOMException('no answer', 'TimeoutError')),
    isRead ? READ_MILLIS : WRITE_MILLIS,
  ).unref();
  let response: Response;
  try {
    response = await fetch(url, {
      ...request,
      signal: AbortSignal.any([
        impatience.signal,
        ...(request.signal ? [request.signal] : []),
      ]),
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw unreachable(error, new URL(url).origin);
  }
  if (isStream) clearTimeout(timer);
  if (GATEWAY.includes(response.status) && !isJson(response)) {
    await response.body?.cancel();
    throw unreachable(response.status, new URL(url).origin);
  }
  return response;
}

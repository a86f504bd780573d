import { cors } from '@connectrpc/connect';
import { headerOf, Request, Response } from './exchange';

const methods = cors.allowedMethods.join(', ');
const requestHeaders = [
  ...cors.allowedHeaders,
  'Authorization',
  'X-Request-Id',
  'Traceparent',
].join(', ');
const exposedHeaders = [
  ...cors.exposedHeaders,
  'X-Request-Id',
  'X-Konstellation-Release',
  'X-Konstellation-Version',
].join(', ');
const preflightMaxAge = '7200';

/**
 * Lets browsers of the allowed origins call, by the Fetch standard.
 *
 * @param origins - `https://shop.example.org`; `*` for any
 * @returns true when the request was a preflight and is answered
 */
export function applyCors(
  origins: readonly string[],
  request: Request,
  response: Response,
): boolean {
  if (origins.length === 0) {
    return false;
  }
  response.setHeader('vary', 'Origin');
  const origin = headerOf(request, 'origin');
  const isPreflight =
    request.method === 'OPTIONS' &&
    headerOf(request, 'access-control-request-method') !== undefined;
  if (
    origin !== undefined &&
    (origins.includes('*') || origins.includes(origin))
  ) {
    response.setHeader(
      'access-control-allow-origin',
      origins.includes('*') ? '*' : origin,
    );
    if (isPreflight) {
      response.setHeader('access-control-allow-methods', methods);
      response.setHeader('access-control-allow-headers', requestHeaders);
      response.setHeader('access-control-max-age', preflightMaxAge);
    } else {
      response.setHeader('access-control-expose-headers', exposedHeaders);
    }
  }
  if (isPreflight) {
    response.statusCode = 204;
    response.end();
  }
  return isPreflight;
}

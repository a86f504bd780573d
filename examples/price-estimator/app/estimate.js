/** How long a caller waits for an answer. */
const TIMEOUT_MILLIS = 15_000;

/** Why there is no price, in words for the person in front of the page. */
export class Problem extends Error {
  /** @param kind - `not-published`, `unknown-address`, `unreachable`, `origin`, `timeout`, `refused` */
  constructor(kind, title, message) {
    super(message);
    this.kind = kind;
    this.title = title;
  }
}

const notPublished = () =>
  new Problem(
    'not-published',
    'Not published',
    'No version of the estimator is published at the moment. Publish one in the portal and try again.',
  );

const unknownAddress = address =>
  new Problem(
    'unknown-address',
    'No such address',
    `Nothing has the address ${address}. Does its runtime exist in the portal?`,
  );

const unreachable = address =>
  new Problem(
    'unreachable',
    'Not reachable',
    `Nobody answers at ${address}. Is the portal running?`,
  );

const originNotAllowed = origin =>
  new Problem(
    'origin',
    'This page may not call',
    `The estimator answers, but not to pages of ${origin}. Add that origin in the settings of the runtime; if it is there, the estimator is not published.`,
  );

/**
 * Address of the solution from `?api=`, or the one of the example.
 * @throws a Problem where it is no address
 */
export function readAddress(search) {
  const text =
    new URLSearchParams(search).get('api') ??
    'http://price-estimation.localhost:7080';
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new Problem(
      'unknown-address',
      'No such address',
      `"${text}" is no address that begins with http:// or https://.`,
    );
  }
  return text.replace(/\/+$/, '');
}

/**
 * Asks for the price of a house.
 *
 * @param address - of the solution, without trailing slash
 * @param house - an EstimateRequest
 * @returns `{ estimate, version }`: an EstimateResponse, and the version that answered
 * @throws a Problem
 */
export async function requestEstimate(
  address,
  house,
  { origin = globalThis.location?.origin, fetch = globalThis.fetch } = {},
) {
  let response;
  let body;
  try {
    response = await fetch(`${address}/price.PriceEstimator/Estimate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(house),
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
    body = await response.json().catch(() => ({}));
  } catch (error) {
    if (error.name === 'TimeoutError') {
      throw new Problem(
        'timeout',
        'No answer in time',
        `The estimator took more than ${TIMEOUT_MILLIS / 1000} seconds.`,
      );
    }
    throw await explainFailure(address, { origin, fetch });
  }
  if (!response.ok) throw explainRefusal(address, response.status, body);
  return {
    estimate: body,
    version: response.headers.get('x-konstellation-version') ?? undefined,
  };
}

function explainRefusal(address, status, body) {
  if (status === 503) return notPublished();
  if (status === 404) return unknownAddress(address);
  return new Problem(
    'refused',
    'No price for this house',
    body.message ?? `The estimator answered with ${status}.`,
  );
}

/** A browser tells no reason for a call it did not allow. Two simpler requests find it out. */
async function explainFailure(address, { origin, fetch }) {
  const probe = options =>
    fetch(`${address}/.well-known/konstellation`, {
      ...options,
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    }).catch(() => undefined);
  const readable = await probe();
  if (readable?.status === 503) return notPublished();
  if (readable?.status === 404) return unknownAddress(address);
  const opaque = await probe({ mode: 'no-cors' });
  return opaque ? originNotAllowed(origin) : unreachable(address);
}

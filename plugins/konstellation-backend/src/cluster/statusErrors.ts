import {
  ConflictError,
  CustomErrorBase,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';

/** The position in the history of a kind is too old to go on from: it has to be listed again. */
export class GoneError extends CustomErrorBase {
  name = 'GoneError' as const;
}

/** What an API server says when it does not do something: the fields of `Status` that are used. */
interface Status {
  message?: string;
  reason?: string;
  details?: {
    causes?: Array<{ field?: string; message?: string; reason?: string }>;
    retryAfterSeconds?: number;
  };
}

function readStatus(body: string): Status {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return { message: body.trim().slice(0, 500) || undefined };
  }
}

/**
 * The right that is missing. Refusals of the authorizer and of admission have the same code and reason; only the authorizer's
 * name a verb and a resource in these words.
 */
function missingRight(message: string): string | undefined {
  const found =
    /cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/.exec(
      message,
    );
  if (!found) return undefined;
  const [, verb, resource, group, namespace] = found;
  const what = group ? `${resource}.${group}` : resource;
  const where = namespace ? ` in the namespace "${namespace}"` : '';
  return `the portal may not ${verb} ${what}${where}: grant its account the verb "${verb}" on "${what}"`;
}

/**
 * The error for an answer that is none of success.
 *
 * @param options.cluster - name of the cluster, as configured
 * @param options.what - what was tried, e.g. `apply Deployment kre-shop/v-1`
 */
export function errorOfAnswer(options: {
  cluster: string;
  what: string;
  code: number;
  body: string;
}): Error {
  const { cluster, what, code, body } = options;
  const { message = `status ${code}` } = readStatus(body);
  const text = `${what}: ${message}`;
  switch (code) {
    case 400:
    case 405:
    case 413:
    case 415:
    case 422:
      return new InputError(text);
    case 401:
      return new NotAllowedError(
        `the cluster "${cluster}" does not know the portal: its token or certificate is not valid (any more). ${text}`,
      );
    case 403: {
      const right = missingRight(message);
      return right ? new NotAllowedError(right) : new InputError(text);
    }
    case 404:
      return new NotFoundError(text);
    case 409:
      return new ConflictError(text);
    case 410:
      return new GoneError(text);
    default:
      return new ServiceUnavailableError(
        `the cluster "${cluster}" could not answer. ${text}`,
      );
  }
}

const NETWORK_REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it does not answer in time',
};

/**
 * The error for a call that got no answer at all.
 *
 * @param options.code - why, where the cause does not say
 */
export function errorOfConnection(options: {
  cluster: string;
  server: string;
  cause: NodeJS.ErrnoException;
  code?: string;
}): Error {
  const { cluster, server, cause, code = cause.code ?? '' } = options;
  const reason = NETWORK_REASONS[code] ?? cause.message;
  return new ServiceUnavailableError(
    `the cluster "${cluster}" cannot be reached at ${server}: ${reason}`,
    cause,
  );
}

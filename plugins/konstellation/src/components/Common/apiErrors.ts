/**
 * What kind of error it is: of one that the API answered, the name that the server gave it.
 *
 * @example `NotFoundError`, `ConflictError`, `InputError`
 */
export function findErrorName(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && error.name === 'ResponseError'
    ? cause.name
    : error.name;
}

/** A text of an error that the API answered. */
function textOf(error: Error, key: 'code' | 'message'): string | undefined {
  const body = 'body' in error ? error.body : undefined;
  const inner: unknown =
    typeof body === 'object' && body !== null && 'error' in body
      ? body.error
      : undefined;
  const text: unknown =
    typeof inner === 'object' && inner !== null
      ? Object.entries(inner).find(([name]) => name === key)?.[1]
      : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** What tells refusals apart that have one name, e.g. `no-free-namespace`; most have none. */
export function findErrorCode(error: Error): string | undefined {
  return textOf(error, 'code');
}

/** The sentence of an error of the API, without what only programs need. */
export function describeError(error: Error): string {
  return textOf(error, 'message') ?? error.message;
}

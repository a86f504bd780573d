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

/** The sentence of an error of the API, without what only programs need. */
export function describeError(error: Error): string {
  const body = 'body' in error ? error.body : undefined;
  if (typeof body === 'object' && body !== null && 'error' in body) {
    const inner = body.error;
    if (
      typeof inner === 'object' &&
      inner !== null &&
      'message' in inner &&
      typeof inner.message === 'string'
    ) {
      return inner.message;
    }
  }
  return error.message;
}

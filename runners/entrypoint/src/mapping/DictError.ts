/** A value that does not fit its field. */
export class DictError extends Error {
  constructor(
    /** Where it stands, `rooms[2].price`; empty for the whole. */
    readonly path: string,
    /** `expected a number (double), got a string`. */
    readonly reason: string,
  ) {
    super(path ? `field '${path}': ${reason}` : reason);
    this.name = 'DictError';
  }
}

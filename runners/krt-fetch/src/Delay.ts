/** A server that is there and asks to come again later. */
export class Delay extends Error {
  /** @param millis - after which to ask again */
  constructor(message: string, readonly millis: number) {
    super(message);
    this.name = 'Delay';
  }
}

/** The longest that a server can ask to wait at once. */
const LONGEST_MILLIS = 60_000;

/** Milliseconds of a `Retry-After`, in seconds or as a date. */
export function readRetryAfter(text: string | null): number | undefined {
  if (text === null) return undefined;
  const millis = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : Date.parse(text) - Date.now();
  return Number.isNaN(millis)
    ? undefined
    : Math.min(Math.max(millis, 0), LONGEST_MILLIS);
}

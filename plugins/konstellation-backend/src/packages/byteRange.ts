import { InputError } from '@backstage/errors';

/** The part of the representation a request asks for. */
export type RequestedPart =
  /** From that byte to the end; `isPart` false where all of it is to be sent. */
  | { isSatisfiable: true; isPart: boolean; start: number }
  | { isSatisfiable: false };

const WHOLE: RequestedPart = { isSatisfiable: true, isPart: false, start: 0 };

/**
 * Reads `Range: bytes=N-`, which is what going on with a download takes. Other forms are answered with all of it, as a server may.
 *
 * @param headers - those of the request, `range` and `if-range`
 * @param whole - what there is: its size in bytes and its strong entity tag with quotes
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
export function requestedPart(
  headers: { range?: string; 'if-range'?: string | string[] },
  whole: { size: number; etag: string },
): RequestedPart {
  const digits = /^bytes=(\d{1,15})-$/.exec(headers.range ?? '')?.[1];
  const condition = headers['if-range'];
  if (digits === undefined) return WHOLE;
  if (condition !== undefined && condition !== whole.etag) return WHOLE;
  const start = Number(digits);
  return start < whole.size
    ? { isSatisfiable: true, isPart: true, start }
    : { isSatisfiable: false };
}

/** @throws InputError where a package of that size has no byte at that offset */
export function checkStart(start: number, size: number): void {
  if (start !== 0 && start >= size) {
    throw new InputError(`the package has ${size} bytes, none at ${start}`);
  }
}

import type { ConfigurationEntry, Draft } from './configurationDraft';

const KIB = 1024;

/** The API's own bounds, in bytes of UTF-8: of a variable, of a file, of all values together. */
export const BOUNDS = {
  variable: 32 * KIB,
  file: 256 * KIB,
  all: 900 * KIB,
} as const;

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** `32 KiB`, rounded up, so that what is over a bound never reads as if it were at it. */
export function formatKibibytes(bytes: number): string {
  return bytes < KIB
    ? `${bytes} B`
    : `${Math.ceil((bytes / KIB) * 10) / 10} KiB`;
}

/** A text that is larger than it may be. */
export interface BoundFault {
  limit: number;
  size: number;
}

/** What is wrong with the size of a value, if anything. */
export function findValueFault(
  type: ConfigurationEntry['type'],
  size: number,
): BoundFault | undefined {
  const limit = BOUNDS[type];
  return size > limit ? { limit, size } : undefined;
}

/** What is wrong with the size of all values that are known here, if anything. */
export function findTotalFault(
  entries: ConfigurationEntry[],
  draft: Draft,
): BoundFault | undefined {
  const size = entries.reduce(
    (sum, { key, value }) => sum + byteLength(draft[key] ?? value ?? ''),
    0,
  );
  return size > BOUNDS.all ? { limit: BOUNDS.all, size } : undefined;
}

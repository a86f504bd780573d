import { InputError } from '@backstage/errors';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Query parameters of a list. */
export interface PageQuery {
  limit?: number;
  cursor?: string;
}

/** @throws InputError for a limit outside of 1–200 */
export function readLimit(limit: number | undefined): number {
  const value = limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(value) || value < 1 || value > MAX_LIMIT) {
    throw new InputError(`limit must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  return value;
}

/** A cursor holds the sort key of the last item; opaque to callers. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

export function decodeCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined
    ? undefined
    : Buffer.from(cursor, 'base64url').toString();
}

/** Cuts the one row too many that tells whether there is a next page. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    ...(rows.length > limit && last !== undefined
      ? { nextCursor: encodeCursor(keyOf(last)) }
      : {}),
  };
}

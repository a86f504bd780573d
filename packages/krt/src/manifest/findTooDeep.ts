import type { CST } from 'yaml';

/** Levels of nested maps and lists. */
export const MAX_DEPTH = 32;

/**
 * Looks for too deep nesting before anything that recurses sees the text.
 * @returns the offset of the first value that lies too deep
 */
export function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const pending = tokens.flatMap(token =>
    token.type === 'document' && token.value
      ? [{ token: token.value, depth: 0 }]
      : [],
  );
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { token, depth } = next;
    if (!('items' in token)) continue;
    if (depth >= MAX_DEPTH) return token.offset;
    for (const { key, value } of token.items) {
      if (key) pending.push({ token: key, depth: depth + 1 });
      if (value) pending.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}

// Blocks of IPv4 addresses: 10.0.0.0/8.

const BITS = 32;

/** @returns `{ first, length }`; undefined for what is no block of IPv4 */
export function parseBlock(text) {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1, 5).map(Number);
  const length = Number(match[5] ?? BITS);
  if (parts.some(part => part > 255) || length > BITS) return undefined;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (BITS - length);
  return { first: address - (address % size), length };
}

export function formatBlock({ first, length }) {
  const parts = [24, 16, 8, 0].map(
    shift => Math.floor(first / 2 ** shift) % 256,
  );
  return length === BITS ? parts.join('.') : `${parts.join('.')}/${length}`;
}

const endOf = ({ first, length }) => first + 2 ** (BITS - length);
const holds = (outer, inner) =>
  outer.first <= inner.first && endOf(inner) <= endOf(outer);

/** Halves the block until one half is what has to go. */
function without(block, exception) {
  if (holds(exception, block)) return [];
  if (!holds(block, exception)) return [block];
  const length = block.length + 1;
  const halves = [
    { first: block.first, length },
    { first: block.first + 2 ** (BITS - length), length },
  ];
  return halves.flatMap(half => without(half, exception));
}

/** @returns the blocks that are left of one; none where it is not of IPv4, as the cluster has no other addresses */
export function subtract(cidr, except = []) {
  const block = parseBlock(cidr);
  if (!block) return [];
  return except
    .map(parseBlock)
    .filter(exception => exception !== undefined)
    .reduce(
      (left, exception) => left.flatMap(each => without(each, exception)),
      [block],
    )
    .map(formatBlock);
}

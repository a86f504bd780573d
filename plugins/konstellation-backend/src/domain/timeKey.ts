const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/**
 * A time in the one form in which texts sort as times do: UTC with nine digits of a second. Clusters give different numbers of
 * digits, and of those `…00.5Z` would sort before `…00Z`.
 */
export function timeKey(at: string): string {
  const [, seconds, fraction = '', zone] = TIME.exec(at) ?? [];
  if (!seconds) return at;
  const date = new Date(`${seconds}${zone}`);
  if (Number.isNaN(date.getTime())) return at;
  const utc = date.toISOString().slice(0, 19);
  return `${utc}.${fraction.padEnd(9, '0').slice(0, 9)}Z`;
}

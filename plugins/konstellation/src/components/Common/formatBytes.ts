const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `3.4 MB`, in steps of 1,000, never on two lines. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${
    unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)
  }\u00a0${UNITS[unit]}`;
}

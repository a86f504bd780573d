// Tables of benchmarks on a terminal.
import { say } from '../tools/terminal.mjs';

/** Says rows of cells, the first of which are the titles. */
export function table(rows) {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  for (const row of rows)
    say(row.map((cell, column) => cell.padEnd(widths[column])).join('  '));
}

/** The value in the middle. */
export const median = values => quantile(values, 0.5);

/** The smallest value that so large a part of all is not above. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

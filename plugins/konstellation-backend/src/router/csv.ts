/** A cell that begins like this would be a formula to a spreadsheet. */
const FORMULA = /^[=+\-@\t\r]/;

function toCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/**
 * One line of CSV as RFC 4180 has it. What others wrote must not run in a spreadsheet: cells that begin like a formula begin
 * with an apostrophe.
 */
export function toCsvLine(cells: readonly string[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

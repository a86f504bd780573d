import { archiveProblem, type Problems } from './problems';

/** Lines of a file that are named. */
const MAX_NAMED = 3;

/** Options and files that stand for more requirements. */
const OPTION = /^-/;
/** `name==1.2`, `name[extra]===1.2`, `name @ https://…`; `==1.*` leaves the version open. */
const PINNED =
  /^[\w.-]+\s*(?:\[[^\]]*\]\s*)?(?:===?\s*[^\s*;,]+\s*(?:;.*)?$|@\s)/;
/** Characters of a requirement; what is longer is none that anyone writes. */
const MAX_LINE = 1_000;

/** Requirements (PEP 508, one a line) that another day may bring another version of. */
export function unpinnedRequirements(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(line =>
      line
        .slice(0, MAX_LINE)
        .replace(/(^|\s)#.*$/, '')
        .replace(/\s--?\w.*$/, '')
        .trim(),
    )
    .filter(line => line !== '' && !OPTION.test(line) && !PINNED.test(line));
}

/** Warns of requirements that make the same version run differently on different days. */
export function checkRequirements(
  texts: ReadonlyMap<string, string>,
  problems: Problems,
): void {
  for (const [file, text] of texts) {
    const unpinned = unpinnedRequirements(text);
    if (unpinned.length === 0) continue;
    const named = unpinned
      .slice(0, MAX_NAMED)
      .map(line => line.slice(0, 60))
      .join(', ');
    const more = unpinned.length - MAX_NAMED;
    problems.add({
      ...archiveProblem(
        'requirements-unpinned',
        `${file} leaves the version open of ${named}${
          more > 0 ? ` and ${more} more` : ''
        }`,
        {
          file,
          hint: 'write name==1.2.3, so that the version runs with the same libraries every time',
        },
      ),
      severity: 'warning',
    });
  }
}

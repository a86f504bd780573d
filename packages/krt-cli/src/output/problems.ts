import type { KrtProblem } from '@konstellation/krt';
import type { Output } from './Output';
import { plain } from './plain';
import { count } from './table';

const MAX_EXCERPT = 100;
/** Characters before the place that are shown, where the line is long. */
const MAX_BEFORE = 60;

function byFile(problems: readonly KrtProblem[]): KrtProblem[][] {
  const groups = new Map<string, KrtProblem[]>();
  for (const problem of problems) {
    const file = problem.file ?? '';
    groups.set(file, [...(groups.get(file) ?? []), problem]);
  }
  return [...groups.values()];
}

/** The line a problem is about with a mark below the place. */
function excerpt(problem: KrtProblem, lines: readonly string[]): string[] {
  const { file = '', line, column = 1 } = problem;
  const text = line === undefined ? undefined : lines[line - 1];
  if (text === undefined || !/^krt\.ya?ml$/.test(file)) return [];
  const number = String(line);
  const from = Math.max(0, column - MAX_BEFORE);
  // A tab would move the mark.
  const shown = plain(text.slice(from, from + MAX_EXCERPT)).replace(/\t/g, ' ');
  return [
    `    ${number} │ ${shown}`,
    `    ${' '.repeat(number.length)} │ ${' '.repeat(column - 1 - from)}^`,
  ];
}

/** `krt.yml:12:9`, which terminals and editors open; undefined for the package as a whole. */
function placeOf({ file, line, column }: KrtProblem): string | undefined {
  if (!file) return undefined;
  return plain(line === undefined ? file : `${file}:${line}:${column ?? 1}`);
}

/**
 * Problems for people, file by file, each with its line and how to mend it.
 * @param manifest - text of krt.yml, where it is known
 */
export function showProblems(
  output: Output,
  problems: readonly KrtProblem[],
  manifest?: string,
): void {
  const { red, yellow, bold, dim } = output.colors;
  const lines = manifest?.split(/\r?\n/) ?? [];
  for (const group of byFile(problems)) {
    for (const problem of group) {
      const { severity, code, message, hint } = problem;
      const place = placeOf(problem);
      const tone = severity === 'error' ? red : yellow;
      output.say(
        [...(place ? [bold(place)] : []), tone(severity), dim(code)].join(' '),
      );
      output.say(`  ${plain(message)}`);
      for (const each of excerpt(problem, lines)) output.say(dim(each));
      if (hint) output.say(`  → ${plain(hint)}`);
    }
    output.say();
  }
}

/** `2 errors, 1 warning` */
export function countProblems(problems: readonly KrtProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  return [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ].join(', ');
}

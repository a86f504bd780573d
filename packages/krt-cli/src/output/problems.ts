import type { KrtProblem } from '@konstellation/krt';
import type { Output } from './Output';
import { count } from './table';

function byFile(problems: readonly KrtProblem[]): Map<string, KrtProblem[]> {
  const groups = new Map<string, KrtProblem[]>();
  for (const problem of problems) {
    const file = problem.file ?? '';
    groups.set(file, [...(groups.get(file) ?? []), problem]);
  }
  return groups;
}

/** The line a problem is about with a mark below the place. */
function excerpt(problem: KrtProblem, lines: readonly string[]): string[] {
  const { line, column = 1 } = problem;
  const text = line === undefined ? undefined : lines[line - 1];
  if (text === undefined) return [];
  const number = String(line);
  // Far to the right nobody would see the place.
  const from = Math.max(0, column - 60);
  const shown = text.slice(from, from + 100);
  return [
    `    ${number} │ ${shown}`,
    `    ${' '.repeat(number.length)} │ ${' '.repeat(column - 1 - from)}^`,
  ];
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
  for (const [file, group] of byFile(problems)) {
    output.say(bold(file || 'the package'));
    for (const problem of group) {
      const { line, column, severity, code, message, hint } = problem;
      const place = line === undefined ? '' : `${line}:${column ?? 1} `;
      const tone = severity === 'error' ? red : yellow;
      output.say(`  ${place}${tone(severity)} ${message} ${dim(code)}`);
      if (/^krt\.ya?ml$/.test(file)) {
        for (const each of excerpt(problem, lines)) output.say(dim(each));
      }
      if (hint) output.say(`    ${hint}`);
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

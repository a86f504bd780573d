import type { KrtProblem } from '@konstellation/backstage-plugin-konstellation-common';

/** Problems of one file of the package, in the order of its lines. */
export interface ProblemGroup {
  /** Empty for the package as a whole. */
  file: string;
  problems: KrtProblem[];
}

/** Problems by file, the manifest first; a problem with a line but without a file is about the manifest. */
export function groupProblems(problems: KrtProblem[]): ProblemGroup[] {
  const groups = new Map<string, KrtProblem[]>();
  for (const problem of problems) {
    const isOfManifest = problem.path !== '' || problem.line !== undefined;
    const file = problem.file ?? (isOfManifest ? 'krt.yml' : '');
    groups.set(file, [...(groups.get(file) ?? []), problem]);
  }
  return [...groups]
    .map(([file, each]) => ({
      file,
      problems: [...each].sort(
        (a, b) => (a.line ?? Infinity) - (b.line ?? Infinity),
      ),
    }))
    .sort(
      (a, b) => rank(a.file) - rank(b.file) || a.file.localeCompare(b.file),
    );
}

function rank(file: string): number {
  if (/^krt\.ya?ml$/.test(file)) {
    return 0;
  }
  return file === '' ? 1 : 2;
}

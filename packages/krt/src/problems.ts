import type { KrtProblem } from './types';

/** Most problems a result holds; a package with more is told about the first ones. */
export const MAX_PROBLEMS = 200;

/** What makes a package unreadable at once: reading ends here, the problem is part of the result. */
export class KrtReadError extends Error {
  constructor(readonly problem: KrtProblem) {
    super(problem.message);
    this.name = 'KrtReadError';
  }
}

/** A problem of the archive itself. */
export function archiveProblem(
  code: string,
  message: string,
  options: { hint?: string; file?: string } = {},
): KrtProblem {
  return { path: '', code, severity: 'error', message, ...options };
}

/** Gathers problems, up to {@link MAX_PROBLEMS}. */
export class Problems {
  readonly all: KrtProblem[] = [];
  #errors = 0;

  add(...problems: KrtProblem[]): void {
    for (const problem of problems) {
      if (problem.severity === 'error') this.#errors++;
      if (this.all.length < MAX_PROBLEMS) this.all.push(problem);
    }
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }
}

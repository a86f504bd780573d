import type { KrtProblemCode } from './problemCodes';
import type { KrtProblem } from './types';

/** Most problems a result holds; a package with more is told about the first ones. */
export const MAX_PROBLEMS = 200;

/** Problems that get a suggestion; to compare with all names takes time. */
const MAX_SUGGESTIONS = 40;

/** What makes a package unreadable at once: reading ends here, the problem is part of the result. @public */
export class KrtReadError extends Error {
  constructor(readonly problem: KrtProblem) {
    super(problem.message);
    this.name = 'KrtReadError';
  }
}

/** A problem of the archive itself. */
export function archiveProblem(
  code: KrtProblemCode,
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
      // An error stands before the last warning, so that a refused package never shows warnings alone.
      if (this.all.length < MAX_PROBLEMS) this.all.push(problem);
      else if (problem.severity === 'error' && this.#errors === 1) {
        this.all[MAX_PROBLEMS - 1] = problem;
      }
    }
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** Whether it is worth to look for what was meant. */
  get acceptsSuggestions(): boolean {
    return this.all.length < MAX_SUGGESTIONS;
  }
}

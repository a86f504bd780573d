import type { KrtProblemCode } from './problemCodes';
import type { KrtProblem } from './types';

/** Most problems a result holds; a package with more is told about the first ones. */
export const MAX_PROBLEMS = 200;

const MORE: KrtProblemCode = 'more-problems';

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

/** Gathers problems. Of more than {@link MAX_PROBLEMS}, errors come before warnings, and the last one says that there are more. */
export class Problems {
  readonly #kept: KrtProblem[] = [];
  readonly #counts = { error: 0, warning: 0 };

  add(...problems: KrtProblem[]): void {
    for (const problem of problems) {
      this.#counts[problem.severity]++;
      if (this.#counts[problem.severity] <= MAX_PROBLEMS) {
        this.#kept.push(problem);
      }
    }
  }

  get all(): KrtProblem[] {
    const total = this.#counts.error + this.#counts.warning;
    if (total <= MAX_PROBLEMS) return [...this.#kept];
    const room = MAX_PROBLEMS - 1;
    const errors = this.#kept.filter(({ severity }) => severity === 'error');
    const warnings = this.#kept.filter(
      ({ severity }) => severity === 'warning',
    );
    return [
      ...[...errors, ...warnings].slice(0, room),
      {
        path: '',
        code: MORE,
        severity: this.hasErrors ? 'error' : 'warning',
        message: `there are ${total - room} more problems than these ${room}`,
        hint: 'mend these, then check again',
      },
    ];
  }

  get hasErrors(): boolean {
    return this.#counts.error > 0;
  }

  /** Whether it is worth to look for what was meant. */
  get acceptsSuggestions(): boolean {
    return this.#kept.length < MAX_SUGGESTIONS;
  }
}

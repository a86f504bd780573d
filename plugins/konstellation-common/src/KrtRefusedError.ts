import { CustomErrorBase } from '@backstage/errors';
import type { KrtProblem } from '@konstellation/krt';

/**
 * A package that was refused, with everything that is wrong with it. Answered as 400 with `error.problems`.
 * @public
 */
export class KrtRefusedError extends CustomErrorBase {
  name = 'KrtRefusedError' as const;

  constructor(readonly problems: KrtProblem[]) {
    const errors = problems.filter(problem => problem.severity === 'error');
    const [first] = errors;
    super(
      errors.length === 1 && first
        ? `the package was refused: ${first.message}`
        : `the package was refused: ${errors.length} problems`,
    );
  }
}

import * as prompts from '@clack/prompts';
import { CliError, EXIT } from '../errors';
import type { Output } from '../output/Output';

/**
 * Asks on a terminal whether to go on; elsewhere nobody can answer, and the command line is the answer.
 * @param question - called only where somebody is asked
 * @throws CliError when the answer is no
 */
export async function confirm(
  output: Output,
  question: () => Promise<string>,
): Promise<void> {
  if (!output.isInteractive) return;
  const answer = await prompts.confirm({
    message: await question(),
    initialValue: false,
  });
  if (answer === true) return;
  throw new CliError('nothing was deleted', {
    exitCode: prompts.isCancel(answer) ? EXIT.interrupted : EXIT.refused,
  });
}

import { red } from '../terminal.mjs';
import { clusterProblem } from './index.mjs';

/** Exit code for "not here". */
const CANNOT = 3;

/**
 * Ends the process where this machine can have no cluster, and says why.
 * @param options - as of `startDevCluster`
 * @param sentence - makes one of the problem
 */
export function endWhereImpossible(options, sentence = problem => problem) {
  const problem = clusterProblem(options);
  if (!problem) return;
  process.stderr.write(`${red('✗')} ${sentence(problem)}\n`);
  process.exit(CANNOT);
}

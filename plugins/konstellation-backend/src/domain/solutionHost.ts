/**
 * Host a solution is published at: `<runtime>.<domain>` for the first solution, `<solution>--<runtime>.<domain>` for others.
 * Ids never hold a double dash, so the two cannot meet.
 */
export function solutionHost(
  runtime: string,
  solution: string,
  domain: string,
): string {
  return solution === runtime
    ? `${runtime}.${domain}`
    : `${solution}--${runtime}.${domain}`;
}

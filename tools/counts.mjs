// How many tests passed and failed, and the closing line that says so.
import { appendFileSync } from 'node:fs';
import { say } from './terminal.mjs';

/**
 * @param report - what Jest wrote with `--json`
 * @param code - Jest ended with
 */
export function countJest(report, code) {
  // A suite that could not even be loaded has no failed test of its own.
  const unloaded = report.testResults.filter(
    suite => suite.status === 'failed' && suite.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    failed: code === 0 ? failed : Math.max(failed, 1),
  };
}

/** Says `N passed, N failed`; also to the file of that variable, for those who run several. */
export function closeWith({ passed, failed }) {
  const file = process.env.KONSTELLATION_TEST_COUNTS;
  if (file) appendFileSync(file, `${passed} ${failed}\n`);
  say(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

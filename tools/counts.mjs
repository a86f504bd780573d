// The closing line of tests: `N passed, N failed`.
import { appendFileSync } from 'node:fs';
import { say } from './terminal.mjs';

/** Says what came of the tests; also to the file of that variable, for those who run several. */
export function closeWith({ passed, failed }) {
  const file = process.env.KONSTELLATION_TEST_COUNTS;
  if (file) appendFileSync(file, `${passed} ${failed}\n`);
  say(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

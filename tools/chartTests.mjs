// `npm run test:chart`: the chart in a real cluster of its own, see chart/proof.mjs; `npm run test:cluster` ends with the same. Ends with
// `N passed, N failed`, with 3 where there can be no cluster.
//   node tools/chartTests.mjs [--images FOLDER [--registry NAME]] [--without RESOURCE,…] [--keep]
// FOLDER: what `node images/build.mjs --out FOLDER --registry NAME` wrote; by default the images are built.
import { parseArgs } from 'node:util';
import { CHART_CLUSTER, proveChart } from './chart/proof.mjs';
import { closeWith } from './counts.mjs';
import { clusterProblem } from './dev-cluster/index.mjs';
import { fail, red } from './terminal.mjs';

/** Exit code for "not here". */
const CANNOT = 3;

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    registry: { type: 'string' },
    without: { type: 'string' },
    keep: { type: 'boolean' },
  },
});
const problem = clusterProblem(CHART_CLUSTER);
if (problem) {
  process.stderr.write(`${red('✗')} ${problem}\n`);
  process.exit(CANNOT);
}
try {
  const without = values.without?.split(',').filter(Boolean);
  closeWith(await proveChart({ ...values, without }));
} catch (error) {
  fail(error.stack ?? String(error));
}

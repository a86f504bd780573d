// `npm run test:chart`: the chart in a real cluster of its own, see chart/proof.mjs; `npm run test:cluster` ends with the same. Ends with
// `N passed, N failed`, with 3 where there can be no cluster.
//   node tools/chartTests.mjs [--images FOLDER [--registry NAME]] [--without RESOURCE,…] [--keep]
// FOLDER: what `node images/build.mjs --out FOLDER --registry NAME` wrote; by default the images are built.
import { parseArgs } from 'node:util';
import { CHART_CLUSTER, proveChart } from './chart/proof.mjs';
import { closeWith } from './counts.mjs';
import { endWhereImpossible } from './dev-cluster/endWhereImpossible.mjs';
import { fail } from './terminal.mjs';

const { values } = parseArgs({
  options: {
    images: { type: 'string' },
    registry: { type: 'string' },
    without: { type: 'string' },
    keep: { type: 'boolean' },
  },
});
endWhereImpossible(CHART_CLUSTER);
try {
  const without = values.without?.split(',').filter(Boolean);
  closeWith(await proveChart({ ...values, without }));
} catch (error) {
  fail(error.stack ?? String(error));
}

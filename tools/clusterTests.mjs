// `npm run test:cluster`: what only a real Kubernetes can prove. In the cluster of KUBECONFIG, else in one of its own on this machine,
// which it ends afterwards; there the images are built and the chart is proved, too (`npm run test:chart`). Ends with `N passed, N failed`; with exit code 3 and one line where there is no cluster to be had.
//   node tools/clusterTests.mjs [--keep] [PATTERN ...]   --keep: the cluster runs on; only tests whose paths match
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backendTests, testEnvironment } from './backendTests.mjs';
import { proveChart } from './chart/proof.mjs';
import { closeWith, countJest } from './counts.mjs';
import { endWhereImpossible } from './dev-cluster/endWhereImpossible.mjs';
import { startDevCluster } from './dev-cluster/index.mjs';
import { testImage } from './dev-cluster/testImage.mjs';
import { install } from './install.mjs';
import { endingOnSignals, show } from './processes.mjs';
import { bold, fail, say, step } from './terminal.mjs';

const EVERY_TEST = '\\.cluster\\.test\\.ts$';

const { values: options, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean' } },
});

/** @returns `{ kubeconfig, stop }` */
async function findCluster() {
  const { KUBECONFIG } = process.env;
  if (KUBECONFIG) {
    say(
      `The cluster of ${KUBECONFIG}; it needs the image that node tools/dev-cluster/testImage.mjs writes.`,
    );
    return { kubeconfig: KUBECONFIG, stop: async () => undefined };
  }
  endWhereImpossible(
    undefined,
    problem =>
      `No cluster: KUBECONFIG is not set, and one of its own cannot be had here: ${problem}`,
  );
  return startDevCluster({ images: [testImage()] });
}

/** @returns passed and failed tests */
async function runTests(env) {
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-cluster-tests-'));
  const report = join(folder, 'jest.json');
  try {
    const code = await show(
      ...backendTests({
        flags: [
          // They are left out of `npm test`.
          '--testPathIgnorePatterns=/node_modules/',
          '--json',
          `--outputFile=${report}`,
        ],
        paths: patterns.length > 0 ? patterns : [EVERY_TEST],
        env,
      }),
    );
    return countJest(JSON.parse(readFileSync(report, 'utf8')), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Images of the product can only be brought into a cluster of its own. */
function isWhole() {
  return patterns.length === 0 && !process.env.KUBECONFIG;
}

async function main() {
  const env = testEnvironment();
  await step('Installed', () => install(env));
  const cluster = await findCluster();
  const result = await endingOnSignals(
    () => runTests({ ...env, KUBECONFIG: cluster.kubeconfig }),
    async () => {
      if (!options.keep) await step('Ended the cluster', () => cluster.stop());
    },
  );
  if (isWhole()) {
    say(`\n${bold('The chart')}`);
    const { passed, failed } = await proveChart();
    result.passed += passed;
    result.failed += failed;
  }
  say();
  closeWith(result);
}

main().catch(error => fail(error.stack ?? String(error)));

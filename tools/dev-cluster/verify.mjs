// Proves on a cluster of its own that the cluster keeps its word: policies, the front, and its end.
//   node tools/dev-cluster/verify.mjs [--name NAME] [--port PORT]
// Ends with 3 where this machine can have no cluster.
import { parseArgs } from 'node:util';
import { fail, say, green } from '../terminal.mjs';
import { endWhereImpossible } from './endWhereImpossible.mjs';
import { startDevCluster, stopDevCluster } from './index.mjs';
import { probeImage } from './probeImage.mjs';
import { clusterSettings } from './settings.mjs';
import { verifyEndings } from './verify/endings.mjs';
import { verifyIngress } from './verify/ingress.mjs';
import { verifyPolicies } from './verify/policies.mjs';

const { values: options } = parseArgs({
  options: {
    name: { type: 'string', default: 'konstellation-verify' },
    port: { type: 'string', default: '16743' },
  },
});

endWhereImpossible(options);
async function end(code) {
  await stopDevCluster(options);
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => end(130));
}
try {
  const image = await probeImage(clusterSettings(options));
  const cluster = await startDevCluster({ ...options, images: [image] });
  await verifyPolicies(cluster);
  await verifyIngress(cluster);
  await verifyEndings(cluster);
  say(`${green('✓')} The cluster keeps its word`);
} catch (error) {
  await stopDevCluster(options);
  fail(error.message);
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@backstage/types';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import { lifecycleCalls } from './lifecycleCalls';
import { SimulatedCluster } from './simulation/SimulatedCluster';
import { startApi } from './startApi';

/**
 * For each test of the suite that calls this, a portal before a simulated cluster, with one runtime.
 * @param options.config - of the plugin
 * @param options.connect - what the portal is given instead of the cluster itself
 */
export function lifecyclePortal(options: {
  runtime: string;
  config: JsonObject;
  connect?: (cluster: SimulatedCluster) => ClusterClient;
}) {
  const { runtime, config, connect = cluster => cluster } = options;
  let directory: string;
  let cluster: SimulatedCluster;
  let portal: Awaited<ReturnType<typeof startApi>>;
  const calls = lifecycleCalls(() => portal.api, runtime);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'konstellation-lifecycle-'));
    cluster = await SimulatedCluster.create();
    portal = await startApi({ directory, cluster: connect(cluster), config });
    await calls.expectStatus(
      201,
      calls.post('/api/konstellation/runtimes', {
        id: runtime,
        name: 'Prices',
      }),
    );
  });

  afterEach(async () => {
    await portal.stop();
    await cluster.shutDown();
    rmSync(directory, { recursive: true, force: true });
  });

  return { calls, api: () => portal.api, cluster: () => cluster };
}

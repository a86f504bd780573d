// Tests on a real cluster: `npm run test:cluster` gives them one.
import { clusterContract } from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import { connectRealCluster, SERVER_IMAGE } from './__testUtils__/realCluster';
import type { KubernetesClusterClient } from './KubernetesClusterClient';

const namespace = `kre-contract-${process.pid}`;
let client: KubernetesClusterClient | undefined;

afterAll(async () => {
  const kind = { apiVersion: 'v1', kind: 'Namespace' };
  await client?.delete({ ...kind, name: namespace });
  await client?.close();
});

clusterContract('KubernetesClusterClient', async () => {
  client = await connectRealCluster();
  return { client, namespace, image: SERVER_IMAGE };
});

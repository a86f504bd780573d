// Tests on a real cluster: `npm run test:cluster` gives them one.
import { mockServices } from '@backstage/backend-test-utils';
import { clusterContract } from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import { KubernetesClusterClient } from './KubernetesClusterClient';

const clients: KubernetesClusterClient[] = [];
const namespace = `kre-contract-${process.pid}`;

/** The cluster of KUBECONFIG, as the portal meets it from outside. */
async function createClient() {
  const client = await KubernetesClusterClient.create({
    name: 'real',
    authentication: { type: 'kubeconfig' },
    reach: 'apiServer',
    front: { protocol: 'http', domain: 'localhost' },
    logger: mockServices.logger.mock(),
  });
  clients.push(client);
  return client;
}

afterAll(async () => {
  await clients[0]?.delete({
    apiVersion: 'v1',
    kind: 'Namespace',
    name: namespace,
  });
  for (const client of clients) await client.close();
});

clusterContract('KubernetesClusterClient', async () => {
  const client = await createClient();
  return { client, namespace, image: 'localhost/test/server:1' };
});

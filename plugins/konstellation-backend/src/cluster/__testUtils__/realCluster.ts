import { mockServices } from '@backstage/backend-test-utils';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { KubernetesClusterClient } from '../KubernetesClusterClient';

/** Image of the contract's server, which `npm run test:cluster` brings into the cluster. */
export const SERVER_IMAGE = 'localhost/test/server:1';

/**
 * The cluster of KUBECONFIG, as the portal meets it from outside.
 * @param server - another one instead
 */
export function connectRealCluster(server?: {
  url: string;
  serviceAccountToken: string;
}): Promise<KubernetesClusterClient> {
  return KubernetesClusterClient.create({
    name: 'real',
    authentication: server
      ? { type: 'server', ...server }
      : { type: 'kubeconfig' },
    reach: 'apiServer',
    front: { protocol: 'http', domain: 'localhost' },
    network: {},
    logger: mockServices.logger.mock(),
  });
}

/** A namespace of its own for a test. */
export function namespaceObject(
  name: string,
  labels: Record<string, string> = {},
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import type { ClusterConfig } from '../readClusters';
import { KubernetesClusterClient } from './KubernetesClusterClient';

export interface NamedCluster {
  name: string;
  client: ClusterClient;
}

/**
 * All clusters of the portal: those of its configuration first, as the first is the default, then those modules bring. None is called
 * yet: the portal starts also while a cluster is away.
 *
 * @throws Error for two of one name, and where there is none
 */
export async function connectClusters(options: {
  configured: ClusterConfig[];
  brought: NamedCluster[];
  logger: LoggerService;
}): Promise<NamedCluster[]> {
  const { configured, brought, logger } = options;
  const clusters: NamedCluster[] = [];
  for (const config of configured) {
    const client = await KubernetesClusterClient.create({ ...config, logger });
    clusters.push({ name: config.name, client });
  }
  clusters.push(...brought);
  for (const [at, { name }] of clusters.entries()) {
    if (clusters.findIndex(each => each.name === name) !== at) {
      throw new Error(`there are two clusters named "${name}"`);
    }
  }
  return clusters;
}

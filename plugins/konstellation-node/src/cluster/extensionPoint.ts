import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { ClusterClient } from './types';

/** @public */
export interface ClusterExtensionPoint {
  /**
   * Adds a cluster that runtimes can name. The first one added is the default.
   * The client is closed by the plugin at shutdown.
   */
  addCluster(options: { name: string; client: ClusterClient }): void;
}

/** Where modules bring clusters to the konstellation backend. @public */
export const konstellationClusterExtensionPoint =
  createExtensionPoint<ClusterExtensionPoint>({ id: 'konstellation.cluster' });

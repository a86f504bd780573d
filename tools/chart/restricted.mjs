// The mode of the chart in which the portal makes no namespaces: it gets some that are there already.
import { applyObjects } from './objects.mjs';

const NAMESPACES = ['team-a', 'team-b'];

/** Values of the chart. */
export const IN_THEIR_NAMESPACES = {
  runtimes: { mode: 'restricted', namespaces: NAMESPACES },
};

const objectsOf = name => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'team', namespace: name },
    spec: { hard: { pods: '20', 'limits.memory': '16Gi' } },
  },
];

/** As a team gets its namespaces from whoever runs the cluster. */
export async function makeTheirNamespaces(cluster) {
  await applyObjects(cluster, 'teams', NAMESPACES.flatMap(objectsOf));
}

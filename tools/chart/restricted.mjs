// The mode of the chart in which the portal makes no namespaces: it gets some that are there already.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
  const file = join(cluster.state, 'teams.json');
  const items = NAMESPACES.flatMap(objectsOf);
  writeFileSync(
    file,
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  await cluster.exec('kubectl', ['apply', '-f', file]);
}

import type {
  ClusterNetwork,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import { POD_SECURITY } from '../domain/namespaceProblems';
import type { RuntimeRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from './naming';
import { runtimePolicies } from './networkPolicies';

/** Account of all pods of a runtime; it may do nothing. */
export const SERVICE_ACCOUNT = 'konstellation-solution';

/** Name of the quota of a namespace that the portal makes. */
export const QUOTA = 'runtime';

/**
 * What a runtime is in the cluster: a namespace with its bounds, and an account without rights. In a namespace that is not the portal's
 * there are no bounds of ours, and the account says whose the namespace is.
 * @param portal - id of this portal
 * @param network - who is who in the cluster
 */
export function runtimeObjects(
  runtime: RuntimeRecord,
  portal: string,
  network?: ClusterNetwork,
): KubernetesObject[] {
  const labels = { ...MANAGED_BY, [LABELS.runtime]: runtime.id };
  const mark = { ...labels, [LABELS.portal]: portal };
  const { namespace, bound } = runtime;
  return [
    ...(bound ? [] : [namespaceObject(namespace, mark)]),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: SERVICE_ACCOUNT,
        namespace,
        labels: bound ? mark : labels,
      },
      automountServiceAccountToken: false,
    },
    ...(bound ? [] : boundsOf(runtime, labels)),
    ...runtimePolicies(runtime, network),
  ];
}

function namespaceObject(
  name: string,
  mark: Record<string, string>,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...mark, [POD_SECURITY]: 'restricted' } },
  };
}

/** What pods take where nothing is said, and what they may take together. */
function boundsOf(
  { namespace, settings }: RuntimeRecord,
  labels: Record<string, string>,
): KubernetesObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'defaults', namespace, labels },
      spec: {
        limits: [
          {
            type: 'Container',
            default: { memory: '512Mi' },
            defaultRequest: { cpu: '10m', memory: '64Mi' },
          },
        ],
      },
    },
    // Without amounts there is none: settings take it away so.
    ...(settings.quota && Object.keys(settings.quota).length > 0
      ? [
          {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name: QUOTA, namespace, labels },
            spec: { hard: settings.quota },
          },
        ]
      : []),
  ];
}

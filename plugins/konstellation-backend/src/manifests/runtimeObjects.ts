import type {
  ClusterNetwork,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from './naming';
import { runtimePolicies } from './networkPolicies';

/** Account of all pods of a runtime; it may do nothing. */
export const SERVICE_ACCOUNT = 'konstellation-solution';

/**
 * What a runtime is in the cluster: a namespace with its bounds, and an account without rights.
 * @param portal - id of this portal
 * @param network - who is who in the cluster
 */
export function runtimeObjects(
  runtime: RuntimeRecord,
  portal: string,
  network?: ClusterNetwork,
): KubernetesObject[] {
  const labels = { ...MANAGED_BY, [LABELS.runtime]: runtime.id };
  const { namespace, settings } = runtime;
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: {
          ...labels,
          [LABELS.portal]: portal,
          'pod-security.kubernetes.io/enforce': 'restricted',
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: SERVICE_ACCOUNT, namespace, labels },
      automountServiceAccountToken: false,
    },
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
    ...(settings.quota
      ? [
          {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name: 'runtime', namespace, labels },
            spec: { hard: settings.quota },
          },
        ]
      : []),
    ...runtimePolicies(runtime, network),
  ];
}

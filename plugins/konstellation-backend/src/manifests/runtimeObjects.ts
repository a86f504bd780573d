import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from './naming';

/** Account of all pods of a runtime; it may do nothing. */
export const SERVICE_ACCOUNT = 'konstellation-solution';

/** Ports of the containers, by the names the contract gives them. */
export const PORTS = {
  http: 8080,
  public: 8080,
  internal: 8081,
  metrics: 9090,
};

function policy(
  runtime: RuntimeRecord,
  name: string,
  spec: Record<string, unknown>,
): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name,
      namespace: runtime.namespace,
      labels: { ...MANAGED_BY, [LABELS.runtime]: runtime.id },
    },
    spec,
  };
}

function networkPolicies(runtime: RuntimeRecord): KubernetesObject[] {
  const egress = runtime.settings.egress ?? [];
  return [
    policy(runtime, 'default-deny', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    }),
    policy(runtime, 'allow-dns', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
    policy(runtime, 'allow-same-runtime', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    }),
    ...(egress.length > 0
      ? [
          policy(runtime, 'allow-declared-egress', {
            podSelector: {},
            policyTypes: ['Egress'],
            egress: egress.map(({ cidr, ports }) => ({
              to: [{ ipBlock: { cidr } }],
              ...(ports
                ? { ports: ports.map(port => ({ protocol: 'TCP', port })) }
                : {}),
            })),
          }),
        ]
      : []),
  ];
}

/**
 * What a runtime is in the cluster: a namespace with its bounds, and an account without rights.
 * @param portal - id of this portal
 */
export function runtimeObjects(
  runtime: RuntimeRecord,
  portal: string,
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
    ...networkPolicies(runtime),
  ];
}

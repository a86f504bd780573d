import type {
  ClusterNetwork,
  KubernetesObject,
  NetworkPeer,
  NetworkPlace,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord } from '../domain/types';
import { ENTRYPOINT, LABELS, MANAGED_BY } from './naming';
import { PORTS } from './ports';

interface PolicySpec {
  podSelector: { matchLabels?: Record<string, string> };
  policyTypes: Array<'Ingress' | 'Egress'>;
  ingress?: unknown[];
  egress?: unknown[];
}

const EVERY_POD: PolicySpec['podSelector'] = {};
const INSTALLING = { matchLabels: { [LABELS.requirements]: 'true' } };
const ENTRYPOINTS = { matchLabels: { [LABELS.node]: ENTRYPOINT } };
const tcp = (port: number) => ({ protocol: 'TCP', port });

function toPeer({ podLabels, namespaceLabels, cidr }: NetworkPeer) {
  if (cidr !== undefined) return { ipBlock: { cidr } };
  return {
    // Without labels of a namespace it would be the runtime's own.
    namespaceSelector: { matchLabels: namespaceLabels ?? {} },
    ...(podLabels ? { podSelector: { matchLabels: podLabels } } : {}),
  };
}

/** Who may come in; everybody where nobody is named. */
function from(peers: NetworkPeer[] | undefined) {
  return peers ? { from: peers.map(toPeer) } : {};
}

/** Pods may reach a place. */
function reach(
  podSelector: PolicySpec['podSelector'],
  place: NetworkPlace,
): PolicySpec {
  const to = place.peers.map(toPeer);
  const egress = [{ to, ports: [tcp(place.port)] }];
  return { podSelector, policyTypes: ['Egress'], egress };
}

/**
 * Who may reach the pods of a runtime and what they may reach: nothing, but for what is named here. Policies hold for whole pods, so
 * what krt-fetch reaches the code of nodes reaches too.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function runtimePolicies(
  runtime: RuntimeRecord,
  network: ClusterNetwork = {},
): KubernetesObject[] {
  const { egress = [] } = runtime.settings;
  const { portal, ingress, metrics } = network;
  const { packages, objectStore, pythonIndex } = network;
  const policies: Record<string, PolicySpec | undefined> = {
    'default-deny': {
      podSelector: EVERY_POD,
      policyTypes: ['Ingress', 'Egress'],
    },
    'allow-dns': {
      podSelector: EVERY_POD,
      policyTypes: ['Egress'],
      egress: [{ ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] }],
    },
    'allow-packages': packages && reach(EVERY_POD, packages),
    'allow-object-store': objectStore && reach(EVERY_POD, objectStore),
    'allow-python-index': pythonIndex && reach(INSTALLING, pythonIndex),
    'allow-portal': {
      podSelector: ENTRYPOINTS,
      policyTypes: ['Ingress'],
      ingress: [{ ...from(portal), ports: [tcp(PORTS.internal)] }],
    },
    // The portal asks at the published address who answers.
    'allow-callers': {
      podSelector: ENTRYPOINTS,
      policyTypes: ['Ingress'],
      ingress: [
        {
          ...from(ingress && [...ingress, ...(portal ?? [])]),
          ports: [tcp(PORTS.public)],
        },
      ],
    },
    'allow-metrics': metrics && {
      podSelector: ENTRYPOINTS,
      policyTypes: ['Ingress'],
      ingress: [{ ...from(metrics), ports: [tcp(PORTS.metrics)] }],
    },
    'allow-declared-egress':
      egress.length > 0
        ? {
            podSelector: EVERY_POD,
            policyTypes: ['Egress'],
            egress: egress.map(({ cidr, ports }) => ({
              to: [{ ipBlock: { cidr } }],
              ...(ports ? { ports: ports.map(tcp) } : {}),
            })),
          }
        : undefined,
  };
  return Object.entries(policies).flatMap(([name, spec]) =>
    spec
      ? {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: {
            name,
            namespace: runtime.namespace,
            labels: { ...MANAGED_BY, [LABELS.runtime]: runtime.id },
          },
          spec,
        }
      : [],
  );
}

/** Pods of a release reach each other, and those of no other. */
export function releasePolicy(release: string) {
  const pods = { matchLabels: { [LABELS.release]: release } };
  const spec: PolicySpec = {
    podSelector: pods,
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: pods }] }],
    egress: [{ to: [{ podSelector: pods }] }],
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    spec,
  };
}

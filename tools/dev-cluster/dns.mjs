// CoreDNS, as a process at the address of a pod, behind the Service that every cluster has for it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inside } from './commands.mjs';
import { startDaemon } from './daemons.mjs';
import { DNS_POD_IP, DNS_SERVICE_IP } from './settings.mjs';

const NAMESPACE = 'kube-system';
const NAME = 'kube-dns';
const PORTS = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
];

const configuration = ({ state }) => `.:53 {
  bind ${DNS_POD_IP}
  errors
  health 127.0.0.1:8181
  kubernetes cluster.local {
    kubeconfig ${join(state, 'dns.kubeconfig')} dev
  }
  cache 5
}
`;

export async function startDns(settings, api) {
  const file = join(settings.state, 'Corefile');
  writeFileSync(file, configuration(settings));
  startDaemon(
    settings,
    'coredns',
    inside(settings, [join(settings.bin, 'coredns'), '-conf', file]),
  );
  await api.apply(`/api/v1/namespaces/${NAMESPACE}/services/${NAME}`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, labels: { 'k8s-app': NAME } },
    spec: { clusterIP: DNS_SERVICE_IP, ports: PORTS },
  });
  await api.apply(
    `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices/${NAME}`,
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: NAME,
        labels: { 'kubernetes.io/service-name': NAME },
      },
      addressType: 'IPv4',
      ports: PORTS,
      endpoints: [{ addresses: [DNS_POD_IP], conditions: { ready: true } }],
    },
  );
}

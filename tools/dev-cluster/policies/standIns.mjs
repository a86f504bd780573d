// What runs beside the kubelet at an address of its own, and that policies take for the pods it stands for.
import { DNS_POD_IP, INGRESS_POD_IP, METRICS_POD_IP } from '../settings.mjs';

export const INGRESS_NAMESPACE = 'ingress';

export const STAND_INS = [
  {
    namespace: 'kube-system',
    name: 'coredns',
    labels: { 'k8s-app': 'kube-dns' },
    ip: DNS_POD_IP,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
  },
  {
    namespace: INGRESS_NAMESPACE,
    name: 'haproxy',
    labels: { 'app.kubernetes.io/name': 'haproxy' },
    ip: INGRESS_POD_IP,
    ports: [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'https', port: 443, protocol: 'TCP' },
    ],
  },
  {
    namespace: 'kube-system',
    name: 'metrics-server',
    labels: { 'k8s-app': 'metrics-server' },
    ip: METRICS_POD_IP,
    ports: [{ name: 'https', port: 4443, protocol: 'TCP' }],
  },
];

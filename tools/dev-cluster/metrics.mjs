// What pods use, for `kubectl top` and autoscalers: metrics-server, as a process at the address of a pod.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBinary } from './controlPlane.mjs';
import { METRICS_POD_IP } from './settings.mjs';

const NAME = 'metrics-server';
const NAMESPACE = 'kube-system';
const PORT = 4443;

const inNamespace = (api, plural) =>
  `${api}/namespaces/${NAMESPACE}/${plural}/${NAME}`;

async function register({ state }, api) {
  const authority = readFileSync(join(state, 'pki/ca.crt')).toString('base64');
  await api.apply(inNamespace('/api/v1', 'services'), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, labels: { 'k8s-app': NAME } },
    spec: {
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: PORT }],
    },
  });
  await api.apply(inNamespace('/apis/discovery.k8s.io/v1', 'endpointslices'), {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: NAME,
      labels: { 'kubernetes.io/service-name': NAME },
    },
    addressType: 'IPv4',
    ports: [{ name: 'https', port: PORT, protocol: 'TCP' }],
    endpoints: [{ addresses: [METRICS_POD_IP], conditions: { ready: true } }],
  });
  await api.apply(
    '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io',
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        caBundle: authority,
        service: { name: NAME, namespace: NAMESPACE, port: 443 },
      },
    },
  );
}

export async function startMetrics(settings, api) {
  const file = name => join(settings.state, name);
  const kubeconfig = file('metrics.kubeconfig');
  startBinary(settings, NAME, {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'bind-address': METRICS_POD_IP,
    'secure-port': PORT,
    'tls-cert-file': file('pki/metrics.crt'),
    'tls-private-key-file': file('pki/metrics.key'),
    'kubelet-insecure-tls': 'true',
    'kubelet-preferred-address-types': 'InternalIP',
    'metric-resolution': '15s',
  });
  await register(settings, api);
}

// The one node: its kubelet, and kube-proxy for Services.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBinary } from './controlPlane.mjs';
import { untilSo } from './daemons.mjs';
import {
  DNS_POD_IP,
  DNS_SERVICE_IP,
  NODE_IP,
  NODE_NAME,
  POD_CIDR,
} from './settings.mjs';

const configuration = ({ state, socket }) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(state, 'pki/ca.crt') },
  },
  authorization: { mode: 'Webhook' },
  containerRuntimeEndpoint: `unix://${socket}`,
  cgroupDriver: 'cgroupfs',
  cgroupsPerQOS: false,
  enforceNodeAllocatable: [],
  failCgroupV1: false,
  failSwapOn: false,
  oomScoreAdj: 0,
  address: NODE_IP,
  healthzBindAddress: '127.0.0.1',
  clusterDNS: [DNS_SERVICE_IP],
  clusterDomain: 'cluster.local',
  resolvConf: join(state, 'resolv.conf'),
  podLogsDir: join(state, 'pods'),
  imageGCHighThresholdPercent: 100,
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '1%',
    'imagefs.available': '1%',
  },
  nodeStatusUpdateFrequency: '4s',
});

export function startKubelet(settings) {
  const { state } = settings;
  mkdirSync(join(state, 'pods'), { recursive: true });
  writeFileSync(join(state, 'resolv.conf'), `nameserver ${DNS_POD_IP}\n`);
  const config = join(state, 'kubelet.json');
  writeFileSync(config, JSON.stringify(configuration(settings)));
  startBinary(settings, 'kubelet', {
    config,
    kubeconfig: join(state, 'node.kubeconfig'),
    'root-dir': join(state, 'kubelet'),
    'cert-dir': join(state, 'kubelet/pki'),
    'hostname-override': NODE_NAME,
    'node-ip': NODE_IP,
  });
  startBinary(settings, 'kube-proxy', {
    kubeconfig: join(state, 'proxy.kubeconfig'),
    'hostname-override': NODE_NAME,
    'cluster-cidr': POD_CIDR,
    'proxy-mode': 'iptables',
    // By default it waits a second, and a changed selector is seen late.
    'iptables-min-sync-period': '100ms',
    'bind-address': '127.0.0.1',
    'healthz-bind-address': '127.0.0.1',
    'conntrack-max-per-core': '0',
    'oom-score-adj': '0',
  });
}

function isReady({ status }) {
  return status.conditions?.some(
    ({ type, status: is }) => type === 'Ready' && is === 'True',
  );
}

export async function nodeReady(settings, api) {
  await untilSo(
    settings,
    'The node is ready',
    ['containerd', 'kubelet', 'kube-proxy'],
    () => api.get(`/api/v1/nodes/${NODE_NAME}`).then(isReady, () => false),
  );
}

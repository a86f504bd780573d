// The one node: containerd, the kubelet, kube-proxy, and CoreDNS beside them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CNI_FOLDER } from './binaries.mjs';
import { attempt, inside, must } from './commands.mjs';
import { kubectl } from './controlPlane.mjs';
import { startDaemon, untilSo } from './daemons.mjs';
import { loadImages, PAUSE, pauseImage } from './images.mjs';
import { DNS_IP, NODE_IP, NODE_NAME, POD_CIDR } from './settings.mjs';

/** crun refuses mixed cgroup hierarchies, and a machine without CAP_SYS_RESOURCE may not lower OOM scores. */
const containerdConfig = ({ state, socket }) => `version = 2
root = "${state}/containerd/root"
state = "${state}/containerd/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "${PAUSE}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI_FOLDER}"
    conf_dir = "${state}/cni"
`;

const cniConfig = ({ state }) => ({
  cniVersion: '0.4.0',
  name: 'dev',
  plugins: [
    {
      type: 'bridge',
      bridge: 'krt0',
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: join(state, 'ipam'),
        ranges: [[{ subnet: POD_CIDR }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
    { type: 'loopback' },
  ],
});

const kubeletConfig = ({ state, socket }) => ({
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
  clusterDNS: [DNS_IP],
  clusterDomain: 'cluster.local',
  resolvConf: join(state, 'resolv.conf'),
  imageGCHighThresholdPercent: 100,
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '1%',
    'imagefs.available': '1%',
  },
  nodeStatusUpdateFrequency: '4s',
});

const corefile = ({ state }) => `.:53 {
  bind ${NODE_IP}
  errors
  health 127.0.0.1:8181
  kubernetes cluster.local {
    kubeconfig ${join(state, 'inside.kubeconfig')} dev
  }
  cache 5
}
`;

const DNS_OBJECTS = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: {
      clusterIP: DNS_IP,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { 'kubernetes.io/service-name': 'kube-dns' },
    },
    addressType: 'IPv4',
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ],
    endpoints: [{ addresses: [NODE_IP], conditions: { ready: true } }],
  },
];

async function startContainerd(settings) {
  const { state, socket } = settings;
  mkdirSync(join(state, 'cni'), { recursive: true });
  writeFileSync(
    join(state, 'cni/10-bridge.conflist'),
    JSON.stringify(cniConfig(settings)),
  );
  const config = join(state, 'containerd.toml');
  writeFileSync(config, containerdConfig(settings));
  startDaemon(
    settings,
    'containerd',
    inside(settings, ['containerd', '--config', config]),
  );
  await untilSo(
    settings,
    'containerd answers',
    () => attempt('ctr', ['-a', socket, 'version'], { timeout: 5_000 }).ok,
  );
}

function startDns(settings) {
  const file = join(settings.state, 'Corefile');
  writeFileSync(file, corefile(settings));
  startDaemon(
    settings,
    'coredns',
    inside(settings, [join(settings.bin, 'coredns'), '-conf', file]),
  );
  must(
    join(settings.bin, 'kubectl'),
    ['--kubeconfig', settings.kubeconfig, 'apply', '-f', '-'],
    {
      input: JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: DNS_OBJECTS,
      }),
    },
  );
}

export async function startNode(settings) {
  const { bin, state } = settings;
  await startContainerd(settings);
  loadImages(settings, [pauseImage(settings)]);
  writeFileSync(join(state, 'resolv.conf'), `nameserver ${NODE_IP}\n`);
  const config = join(state, 'kubelet.json');
  writeFileSync(config, JSON.stringify(kubeletConfig(settings)));
  startDaemon(
    settings,
    'kubelet',
    inside(settings, [
      join(bin, 'kubelet'),
      `--config=${config}`,
      `--kubeconfig=${join(state, 'node.kubeconfig')}`,
      `--root-dir=${join(state, 'kubelet')}`,
      `--cert-dir=${join(state, 'kubelet/pki')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_IP}`,
    ]),
  );
  startDaemon(
    settings,
    'kube-proxy',
    inside(settings, [
      join(bin, 'kube-proxy'),
      `--kubeconfig=${join(state, 'proxy.kubeconfig')}`,
      `--hostname-override=${NODE_NAME}`,
      `--cluster-cidr=${POD_CIDR}`,
      '--proxy-mode=iptables',
      // By default it waits a second, and a changed selector is seen late.
      '--iptables-min-sync-period=100ms',
      '--bind-address=127.0.0.1',
      '--healthz-bind-address=127.0.0.1',
      '--conntrack-max-per-core=0',
      '--oom-score-adj=0',
    ]),
  );
  startDns(settings);
  await untilSo(settings, 'the node is ready', () => {
    const { output } = kubectl(settings, [
      'get',
      'node',
      NODE_NAME,
      '-o',
      'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
    ]);
    return output === 'True';
  });
}

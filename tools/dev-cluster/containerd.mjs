// containerd of a cluster, with the network of its pods.
import {
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { CNI_FOLDER } from './packages.mjs';
import { attempt, inside } from './commands.mjs';
import { startDaemon, untilSo } from './daemons.mjs';
import { PAUSE } from './images.mjs';
import { GATE, writeGate } from './policies/gate.mjs';
import { FIRST_POD_IP, POD_CIDR } from './settings.mjs';

/** crun refuses mixed cgroup hierarchies, and a machine without CAP_SYS_RESOURCE may not lower OOM scores. */
const configuration = ({ state, socket }) => `version = 2
root = "${state}/containerd/root"
state = "${state}/containerd/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${state}/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "${PAUSE}"
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${state}/cni/bin"
    conf_dir = "${state}/cni/conf"
`;

const network = ({ name, state }) => ({
  cniVersion: '0.4.0',
  name,
  plugins: [
    {
      // A wire for each pod, not a bridge for all: whatever a pod sends is routed, and so passes iptables, and what policies refuse
      // behind a Service is refused at once.
      type: 'ptp',
      ipMasq: false,
      ipam: {
        type: 'host-local',
        dataDir: join(state, 'cni/addresses'),
        ranges: [[{ subnet: POD_CIDR, rangeStart: FIRST_POD_IP }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
    { type: 'loopback' },
    { type: GATE },
  ],
});

function writePlugins(settings) {
  const folder = join(settings.state, 'cni/bin');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(CNI_FOLDER)) {
    symlinkSync(join(CNI_FOLDER, name), join(folder, name));
  }
  writeGate(settings, folder);
}

export function startContainerd(settings) {
  const { state } = settings;
  writePlugins(settings);
  mkdirSync(join(state, 'cni/conf'), { recursive: true });
  writeFileSync(
    join(state, 'cni/conf/10-pods.conflist'),
    JSON.stringify(network(settings)),
  );
  const config = join(state, 'containerd.toml');
  writeFileSync(config, configuration(settings));
  startDaemon(
    settings,
    'containerd',
    inside(settings, ['containerd', '--config', config]),
  );
}

export async function containerdReady(settings) {
  await untilSo(
    settings,
    'containerd answers',
    ['containerd'],
    () =>
      attempt('ctr', ['-a', settings.socket, 'version'], { timeout: 5_000 }).ok,
  );
}

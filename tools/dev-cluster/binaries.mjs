// What a cluster is made of: Debian's packages, and Kubernetes, etcd and CoreDNS compiled from the Go modules that go.sum pins.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../processes.mjs';
import { step } from '../terminal.mjs';
import { root } from '../toolchain.mjs';
import { attempt, must } from './commands.mjs';

const HERE = join(root, 'tools/dev-cluster');
const APT_MILLIS = 300_000;
const BUILD_MILLIS = 40 * 60_000;

/** Commands that have to be there, and the packages of Debian that bring them. */
const PACKAGES = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'iptables',
  'conntrack',
  'iproute2',
  'ebtables',
  'ethtool',
  'socat',
  'util-linux',
  'openssl',
  'gcc',
  'libc6-dev',
];
const COMMANDS = [
  'containerd',
  'runc',
  'ctr',
  'ip',
  'iptables',
  'conntrack',
  'socat',
  'openssl',
  'nsenter',
  'cc',
];
export const CNI_FOLDER = '/usr/lib/cni';

const MODULES = [
  {
    folder: 'kubernetes',
    binaries: [
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kubelet',
      'kube-proxy',
      'kubectl',
    ].map(name => ({ name, path: `k8s.io/kubernetes/cmd/${name}` })),
    module: 'k8s.io/kubernetes',
  },
  {
    folder: 'kubernetes',
    binaries: [{ name: 'etcd', path: 'go.etcd.io/etcd/server/v3' }],
  },
  {
    folder: 'coredns',
    binaries: [{ name: 'coredns', path: 'github.com/coredns/coredns' }],
  },
];

const isThere = command => attempt('which', [command]).ok;

/** @returns why a cluster cannot be had on this machine, in a sentence; undefined where it can */
export function clusterProblem() {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid() !== 0) return 'it needs root, for network namespaces';
  const missing = COMMANDS.filter(command => !isThere(command));
  if (missing.length > 0 && !isThere('apt-get')) {
    return `it needs ${missing.join(
      ', ',
    )} (on Debian: apt-get install ${PACKAGES.join(' ')})`;
  }
  if (!isThere('go')) return 'it needs Go, to compile Kubernetes';
  return undefined;
}

async function installPackages() {
  const isComplete =
    COMMANDS.every(isThere) && existsSync(join(CNI_FOLDER, 'bridge'));
  if (isComplete) return;
  await step('Installed packages of Debian', async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = args => capture('apt-get', args, { env, timeout: APT_MILLIS });
    await apt(['update', '-q']);
    await apt(['install', '-qy', '--no-install-recommends', ...PACKAGES]);
  });
}

function keyOf() {
  const hash = createHash('sha256');
  for (const folder of new Set(MODULES.map(each => each.folder))) {
    hash.update(readFileSync(join(HERE, folder, 'go.sum')));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Kubernetes says its version, of which clients ask. */
function linkerFlags(folder, module) {
  if (!module) return '-s -w';
  const version = must('go', ['list', '-m', '-f', '{{.Version}}', module], {
    cwd: join(HERE, folder),
    env: goEnvironment(),
    timeout: BUILD_MILLIS,
  });
  const [major, minor] = version.slice(1).split('.');
  const set = (name, value) =>
    `-X k8s.io/component-base/version.${name}=${value}`;
  return [
    '-s -w',
    set('gitVersion', version),
    set('gitMajor', major),
    set('gitMinor', minor),
  ].join(' ');
}

function goEnvironment() {
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
}

async function compile({ bin }) {
  mkdirSync(bin, { recursive: true });
  const stamp = join(bin, '.key');
  const key = keyOf();
  const isBuilt =
    existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === key;
  if (isBuilt) return;
  for (const { folder, module, binaries } of MODULES) {
    const names = binaries.map(({ name }) => name);
    await step(`Compiled ${names.join(', ')}`, () =>
      capture(
        'go',
        [
          'build',
          '-trimpath',
          '-ldflags',
          linkerFlags(folder, module),
          '-o',
          binaries.length > 1 ? `${bin}/` : join(bin, names[0]),
          ...binaries.map(({ path }) => path),
        ],
        {
          cwd: join(HERE, folder),
          env: goEnvironment(),
          timeout: BUILD_MILLIS,
        },
      ),
    );
  }
  writeFileSync(stamp, key);
}

/** Brings everything a cluster is made of; at once where it is there. */
export async function prepareBinaries(settings) {
  await installPackages();
  await compile(settings);
}

// The packages of Debian that a cluster is made of.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { capture } from '../processes.mjs';

const APT_MILLIS = 300_000;
export const CNI_FOLDER = '/usr/lib/cni';

/** Package → what of it has to be there. */
const PACKAGES = {
  containerd: ['containerd', 'ctr'],
  runc: ['runc'],
  'containernetworking-plugins': [join(CNI_FOLDER, 'bridge')],
  iptables: ['iptables', 'iptables-restore'],
  conntrack: ['conntrack'],
  iproute2: ['ip'],
  procps: ['sysctl'],
  ebtables: ['ebtables'],
  ethtool: ['ethtool'],
  socat: ['socat'],
  'util-linux': ['nsenter'],
  openssl: ['openssl'],
  haproxy: ['haproxy'],
  gcc: ['cc'],
  'libc6-dev': ['/usr/include/stdlib.h'],
};

/** Where they are, also where the PATH of the user leaves folders of root out. */
const FOLDERS = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
];

export function isThere(command) {
  if (command.startsWith('/')) return existsSync(command);
  return FOLDERS.some(folder => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @returns packages of which something is missing */
export function missingPackages() {
  return Object.entries(PACKAGES)
    .filter(([, commands]) => !commands.every(isThere))
    .map(([name]) => name);
}

/** @throws an Error with the last lines of apt-get */
export async function installPackages(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = args => capture('apt-get', args, { env, timeout: APT_MILLIS });
  const install = ['install', '-qy', '--no-install-recommends', ...names];
  // Its lists may be missing or old.
  await run(install).catch(async () => {
    await run(['update', '-q']);
    await run(install);
  });
}

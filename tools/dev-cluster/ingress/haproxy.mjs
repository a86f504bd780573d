// haproxy: the files that it reads, and how it takes new ones without closing a connection.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../commands.mjs';
import { runningDaemon, startDaemon } from '../daemons.mjs';
import { processes } from '../processTable.mjs';
import { setServers } from './masterSocket.mjs';
import { fill } from './render.mjs';

const RELOADED_WITHIN_MILLIS = 3_000;
const RELOADS = 5;

const filesOf = ({ state }) => {
  const folder = join(state, 'ingress');
  return {
    folder,
    configuration: join(folder, 'haproxy.cfg'),
    certificates: join(folder, 'certificates'),
    list: join(folder, 'certificates/list'),
    socket: join(folder, 'master.sock'),
  };
};

/** Whole or not at all. */
function write(file, text) {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The newest first. */
const workersOf = master =>
  processes()
    .filter(({ parent }) => parent === master)
    .sort((one, other) => Number(other.started) - Number(one.started))
    .map(({ pid }) => pid);

/** A signal that comes while haproxy still takes the one before is lost: it is told again until it has a new worker. */
async function reload(master) {
  const before = workersOf(master);
  const isReloaded = () => workersOf(master).some(pid => !before.includes(pid));
  for (let tries = 0; tries < RELOADS; tries++) {
    process.kill(master, 'SIGUSR2');
    const deadline = Date.now() + RELOADED_WITHIN_MILLIS;
    while (Date.now() < deadline) {
      if (isReloaded()) return;
      await sleep(10);
    }
  }
  throw new Error('haproxy does not take its new configuration');
}

export class Haproxy {
  #settings;
  #files;
  #shape;
  #servers = [];

  constructor(settings) {
    this.#settings = settings;
    this.#files = filesOf(settings);
    mkdirSync(this.#files.certificates, { recursive: true });
  }

  get configuration() {
    return this.#files.configuration;
  }

  get isWritten() {
    return existsSync(this.configuration);
  }

  get certificateList() {
    return this.#files.list;
  }

  /** @param secrets - with certificates, of which the first that fits the host is shown; else that of the cluster */
  #writeCertificates(secrets) {
    const { state } = this.#settings;
    const own = ['crt', 'key']
      .map(kind => readFileSync(join(state, `pki/ingress.${kind}`), 'utf8'))
      .join('\n');
    const all = [
      { name: 'default', pem: own },
      ...secrets.map(({ metadata, data }) => ({
        name: `${metadata.namespace}_${metadata.name}`,
        pem: ['tls.crt', 'tls.key']
          .map(key => Buffer.from(data[key] ?? '', 'base64').toString())
          .join('\n'),
      })),
    ].map(each => ({
      ...each,
      file: join(this.#files.certificates, `${each.name}.pem`),
    }));
    for (const { file, pem } of all) write(file, pem);
    write(this.#files.list, all.map(({ file }) => `${file}\n`).join(''));
  }

  start() {
    const master = ['-S', `unix@${this.#files.socket}`];
    const command = ['haproxy', '-W', ...master, '-f', this.configuration];
    startDaemon(this.#settings, 'haproxy', command);
  }

  /**
   * Writes what is new, and has haproxy take it. Other servers it takes as it runs, and so do workers of before that still have
   * connections; for anything else a new worker takes over its sockets, and the old one ends with its last connection.
   * @param rendered - of renderHaproxy
   * @returns what was new. @throws an Error with what haproxy says about it, and leaves it what it has
   */
  async update(rendered, secrets) {
    const { servers } = rendered;
    const shape = JSON.stringify([rendered.shape, secrets]);
    const isShapeNew = shape !== this.#shape;
    const changes = servers.filter(
      ({ address, weight }, index) =>
        isShapeNew ||
        address !== this.#servers[index].address ||
        (address && weight !== this.#servers[index].weight),
    );
    if (!isShapeNew && changes.length === 0) return 'nothing';
    const text = fill(rendered);
    const master = runningDaemon(this.#settings, 'haproxy');
    if (isShapeNew) await this.#reshape(master, text, secrets);
    else {
      write(this.configuration, text);
      if (master !== undefined) await this.#tell(master, changes);
    }
    this.#shape = shape;
    this.#servers = servers;
    return isShapeNew ? 'routes' : 'servers';
  }

  async #reshape(master, text, secrets) {
    this.#writeCertificates(secrets);
    const next = `${this.configuration}.next`;
    write(next, text);
    must('haproxy', ['-c', '-q', '-f', next]);
    renameSync(next, this.configuration);
    if (master !== undefined) await reload(master);
  }

  async #tell(master, changes) {
    const { socket } = this.#files;
    const [worker, ...former] = workersOf(master);
    // They may not even have the backend.
    for (const each of former) {
      await setServers(socket, each, changes).catch(() => undefined);
    }
    try {
      await setServers(socket, worker, changes);
    } catch (error) {
      process.stderr.write(`${error.message}\n`);
      await reload(master);
    }
  }
}

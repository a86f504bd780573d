// Starts, asks and ends a measured portal.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtSchemaEnvironment } from '../../tools/build.mjs';
import { freePort } from '../../tools/ports.mjs';
import { nodeBinary, root } from '../../tools/toolchain.mjs';

const START_WITHIN_MILLIS = 600_000;
const END_WITHIN_MILLIS = 60_000;
const ASK_EVERY_MILLIS = 20;
const READINESS = '/.backstage/health/v1/readiness';
const LIST_PATH = '/runtimes';
const LOOK_EVERY_MILLIS = 200;
/** So often nothing is due before all is looked after. */
const QUIET_LOOKS = 10;

export class Portal {
  #options;
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #child;
  #exited;
  #port;
  #questions = new Map();
  #asked = 0;

  /**
   * @param options.folder - of its own: configuration, packages and log lie there
   * @param options.script - what runs in it
   * @param options.database - as in the configuration of a backend
   * @param options.key - `{ id, secret }` values are encrypted with
   * @param options.told - what it has to know of this run
   */
  constructor(options) {
    this.#options = options;
  }

  get #log() {
    return join(this.#options.folder, 'portal.log');
  }

  async #configure() {
    const { folder, database, key } = this.#options;
    const baseUrl = `http://127.0.0.1:${this.#port}`;
    const file = join(folder, 'app-config.json');
    const config = {
      app: { baseUrl },
      backend: {
        baseUrl,
        listen: { host: '127.0.0.1', port: this.#port },
        database,
      },
      permission: { enabled: true },
      konstellation: {
        packages: { directory: join(folder, 'packages') },
        encryption: { keys: [key] },
      },
    };
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }

  /** @returns how long it took from the start of the process to the first answer to the caller, in milliseconds */
  async start(token) {
    // A port of another one that is just being measured is not taken away.
    this.#port ??= await freePort();
    const config = await this.#configure();
    const log = openSync(this.#log, 'a');
    const began = performance.now();
    this.#child = spawn(
      nodeBinary(),
      ['--expose-gc', this.#options.script, '--config', config],
      {
        cwd: root,
        stdio: ['ignore', log, log, 'ipc'],
        env: {
          PATH: process.env.PATH,
          HOME: this.#options.folder,
          NODE_ENV: 'production',
          // As `npm start` has it.
          NODE_COMPILE_CACHE: join(this.#options.folder, '../node-compile'),
          ...builtSchemaEnvironment,
          BENCH_SCALE_PORTAL: JSON.stringify(this.#options.told),
        },
      },
    );
    closeSync(log);
    this.#exited = once(this.#child, 'exit');
    this.#child.on('message', ({ id, answer }) => {
      this.#questions.get(id)?.(answer);
      this.#questions.delete(id);
    });
    // Callers come when a portal says that it is ready: one that is asked before looks for keys of plugins that are not there
    // yet, and then does not look again for half a minute.
    let isReady = false;
    while (performance.now() - began < START_WITHIN_MILLIS) {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) break;
      const path = isReady ? LIST_PATH : READINESS;
      const { status } = await this.get(path, token).catch(() => ({}));
      if (status === 200 && isReady) return performance.now() - began;
      if (status === 200) isReady = true;
      else await sleep(ASK_EVERY_MILLIS);
    }
    await this.stop();
    const end = readFileSync(this.#log, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-20);
    throw new Error(`a portal did not start:\n${end.join('\n')}`);
  }

  /** Calls the API, or another path where it begins with a dot. @returns `{ status, text, millis }` */
  get(path, token) {
    const began = performance.now();
    const url = path.startsWith('/.') ? path : `/api/konstellation${path}`;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: this.#port,
          path: url,
          headers: token ? { authorization: `Bearer ${token}` } : {},
        },
        answer => {
          const parts = [];
          answer.on('error', reject);
          answer.on('data', part => parts.push(part));
          answer.on('end', () => {
            const millis = performance.now() - began;
            const text = Buffer.concat(parts).toString();
            resolve({ status: answer.statusCode, text, millis });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  /** @throws an Error for every status but 200 */
  async json(path, token) {
    const { status, text } = await this.get(path, token);
    if (status === 200) return JSON.parse(text);
    throw new Error(`${path} answered ${status}: ${text.slice(0, 300)}`);
  }

  /** Asks the process about itself. */
  ask(question) {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#questions.set(id, resolve);
      this.#child.send({ id, question }, error => error && reject(error));
    });
  }

  /**
   * Waits until the reconciler has done what a start brings, and calls the API meanwhile. Versions that do not get ready are
   * looked at again and again: no more than those are due then.
   * @returns `{ millis, times }`: how long it took, and each answer
   */
  async settled(path, token) {
    const { failing } = this.#options.told;
    const began = performance.now();
    let last = began;
    const times = [];
    for (let quiet = 0; quiet < QUIET_LOOKS; ) {
      times.push((await this.get(path, token)).millis);
      if ((await this.ask('due')) > failing.length) {
        quiet = 0;
        last = performance.now();
      } else quiet++;
      await sleep(LOOK_EVERY_MILLIS);
    }
    return { millis: last - began, times: times.slice(0, -QUIET_LOOKS) };
  }

  async stop() {
    if (!this.#child) return;
    this.#child.kill('SIGTERM');
    const ended = await Promise.race([
      this.#exited.then(() => true),
      sleep(END_WITHIN_MILLIS, false, { ref: false }),
    ]);
    if (!ended) {
      this.#child.kill('SIGKILL');
      await this.#exited;
    }
    this.#child = undefined;
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
  }
}

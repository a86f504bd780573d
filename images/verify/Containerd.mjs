// A containerd of its own: socket, images and state in one folder, ended by its process id.
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture } from '../../tools/processes.mjs';
import { Container } from './Container.mjs';

const READY_WITHIN_MILLIS = 30_000;
const END_WITHIN_MILLIS = 10_000;
const CALL_MILLIS = 120_000;

export class Containerd {
  folder = mkdtempSync(join(tmpdir(), 'konstellation-images-'));
  #address = join(this.folder, 'containerd.sock');
  #log = join(this.folder, 'containerd.log');
  #containers = [];
  #process;

  /** @throws an Error with the end of its log when it does not answer */
  static async start() {
    const containerd = new Containerd();
    try {
      await containerd.#start();
      return containerd;
    } catch (error) {
      await containerd.stop();
      throw error;
    }
  }

  async #start() {
    const config = join(this.folder, 'config.toml');
    writeFileSync(
      config,
      [
        'version = 2',
        `root = ${JSON.stringify(join(this.folder, 'root'))}`,
        `state = ${JSON.stringify(join(this.folder, 'state'))}`,
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
        '[grpc]',
        `address = ${JSON.stringify(this.#address)}`,
        '',
      ].join('\n'),
    );
    const log = openSync(this.#log, 'w');
    this.#process = spawn('containerd', ['--config', config], {
      stdio: ['ignore', log, log],
      // Ctrl-C reaches us alone, and we end it in order.
      detached: true,
    });
    closeSync(log);
    const deadline = Date.now() + READY_WITHIN_MILLIS;
    for (;;) {
      try {
        await this.call('version');
        return;
      } catch (error) {
        if (this.#process.exitCode !== null || Date.now() > deadline) {
          const tail = readFileSync(this.#log, 'utf8').slice(-1_000);
          throw new Error(`containerd does not answer\n${tail}`, {
            cause: error,
          });
        }
      }
      await sleep(100);
    }
  }

  /** @returns what `ctr` prints */
  call(...args) {
    return capture('ctr', this.arguments(args), { timeout: CALL_MILLIS });
  }

  arguments(args) {
    return ['--address', this.#address, ...args];
  }

  /** @returns the name of the image in the file */
  async import(file) {
    const printed = await this.call('images', 'import', file);
    const name = /unpacking (\S+)/.exec(printed)?.[1];
    if (!name) throw new Error(`${file}: ${printed}`);
    return name;
  }

  run(image, options) {
    const container = new Container(this, image, options);
    this.#containers.push(container);
    return container;
  }

  /** Ends all that it runs, then itself. */
  async stop() {
    for (const container of this.#containers) await container.kill();
    const { pid } = this.#process ?? {};
    if (pid !== undefined && this.#process.exitCode === null) {
      const ended = new Promise(resolve => {
        this.#process.once('exit', () => resolve(true));
      });
      process.kill(pid, 'SIGTERM');
      const inTime = await Promise.race([
        ended,
        sleep(END_WITHIN_MILLIS, false, { ref: false }),
      ]);
      if (!inTime) process.kill(pid, 'SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

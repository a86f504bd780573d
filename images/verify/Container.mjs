// A container that runs as pods do: the user of the image, nothing writable but volumes, no capability, the default seccomp profile.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What containerd would leave a container. */
const CAPABILITIES =
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'
    .split(' ')
    .flatMap(name => ['--cap-drop', `CAP_${name}`]);
const PID_WITHIN_MILLIS = 20_000;

function mount({ from, to, readOnly }) {
  const source = from
    ? `type=bind,src=${from},options=rbind:${readOnly ? 'ro' : 'rw'}`
    : 'type=tmpfs,src=tmpfs,options=mode=1777:size=256m';
  return ['--mount', `${source},dst=${to}`];
}

export class Container {
  static #count = 0;
  #id = `verify-${(Container.#count += 1)}`;
  #containerd;
  #pidFile;
  #child;
  output = '';
  /** Resolves with the exit code. */
  ended;

  /**
   * @param options.environment - beside that of the image
   * @param options.mounts - `{ from, to, readOnly }`; without `from` a tmpfs
   * @param options.args - a command instead of that of the image
   */
  constructor(
    containerd,
    image,
    { environment = {}, mounts = [], args = [] } = {},
  ) {
    this.#containerd = containerd;
    this.#pidFile = join(containerd.folder, `${this.#id}.pid`);
    this.#child = spawn(
      'ctr',
      containerd.arguments([
        'run',
        '--rm',
        '--net-host',
        '--read-only',
        '--seccomp',
        ...CAPABILITIES,
        '--pid-file',
        this.#pidFile,
        ...Object.entries(environment).flatMap(([name, value]) => [
          '--env',
          `${name}=${value}`,
        ]),
        ...mounts.flatMap(mount),
        image,
        this.#id,
        ...args,
      ]),
      { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', resolve);
    });
    this.ended.catch(() => {});
  }

  get hasEnded() {
    return this.#child.exitCode !== null;
  }

  get lastLine() {
    return this.output.trimEnd().split('\n').at(-1);
  }

  /** Of its first process, on this machine. */
  async pid() {
    const deadline = Date.now() + PID_WITHIN_MILLIS;
    while (!this.hasEnded && Date.now() < deadline) {
      try {
        return Number(readFileSync(this.#pidFile, 'utf8'));
      } catch {
        await sleep(50);
      }
    }
    throw new Error(`It did not start: ${this.lastLine}`);
  }

  /** Waits for an answer 200 of a URL, for as long. @returns milliseconds from now */
  async answers(url, withinMillis) {
    const begun = Date.now();
    while (Date.now() - begun < withinMillis) {
      if (this.hasEnded) throw new Error(`It ended: ${this.lastLine}`);
      try {
        const response = await fetch(url, {
          signal: AbortSignal.timeout(2_000),
        });
        if (response.ok) return Date.now() - begun;
      } catch {
        // Not yet.
      }
      await sleep(50);
    }
    throw new Error(`No answer 200 from ${url}:\n${this.output.slice(-2_000)}`);
  }

  /** @returns `{ code, millis }`; waits for as long @throws an Error when it has not ended by then */
  async terminate(withinMillis) {
    const begun = Date.now();
    await this.#containerd.call('tasks', 'kill', '-s', 'SIGTERM', this.#id);
    const code = await this.end(withinMillis);
    return { code, millis: Date.now() - begun };
  }

  /** @returns the exit code, once it has ended by itself */
  async end(withinMillis) {
    const code = await Promise.race([
      this.ended,
      sleep(withinMillis, undefined, { ref: false }),
    ]);
    if (code === undefined) {
      throw new Error(`It did not end within ${withinMillis} ms`);
    }
    return code;
  }

  async kill() {
    if (this.hasEnded) return;
    await this.#containerd
      .call('tasks', 'kill', '-s', 'SIGKILL', this.#id)
      .catch(() => this.#child.kill('SIGKILL'));
    await this.ended;
  }
}

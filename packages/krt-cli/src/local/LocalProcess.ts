import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Lines kept to be shown when something fails. */
const MAX_LINES = 200;
const KILL_MILLIS = 3_000;

/** A runner as a child of this process, in a group of its own with whatever it starts. */
export class LocalProcess {
  readonly lines: string[] = [];
  /** Set when it ended by itself. */
  exitCode: number | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(
    readonly name: string,
    [command = '', ...args]: string[],
    options: { env: Record<string, string>; onLine?: (line: string) => void },
  ) {
    this.#child = spawn(command, args, {
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', line => {
        this.lines.push(line);
        if (this.lines.length > MAX_LINES) this.lines.shift();
        options.onLine?.(line);
      });
    }
    this.#ended = new Promise(resolve => {
      this.#child.once('error', error => {
        this.lines.push(`${command}: ${error.message}`);
        this.exitCode = 127;
        resolve();
      });
      this.#child.once('close', code => {
        this.exitCode ??= code ?? 1;
        resolve();
      });
    });
  }

  /** The last thing it said: where it could not start, why. */
  get reason(): string {
    return this.lines.filter(line => line.trim()).pop() ?? 'it said nothing';
  }

  async end(): Promise<void> {
    if (this.exitCode !== undefined) return;
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), KILL_MILLIS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** At once, while this process ends. */
  kill(): void {
    if (this.exitCode === undefined) this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Holds the other end of a pipe. When the portal ends, however it ends, reading ends too, and every process group it was told
 * of is ended. In shell, as it has to be small and there at once.
 */
const REAPER = `
pids=' '
trap '' INT TERM HUP
while read -r op pid; do
  case $op in
    add) pids="$pids$pid "; echo "$pid" ;;
    del) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -s TERM -- "-$pid" 2>/dev/null; done
for wait in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for pid in $pids; do kill -s 0 -- "-$pid" 2>/dev/null && left=1; done
  [ -z "$left" ] && break
  sleep 0.2
done
for pid in $pids; do kill -s KILL -- "-$pid" 2>/dev/null; done
`;

/** Waits until the reaper knows it; if the portal is gone before, it ends without having done anything. */
const WAIT_FOR_GO = 'read -r go <&3 || exit 1; exec 3<&-; exec "$@"';

export interface SupervisedProcess {
  pid: number;
  stdout: Readable;
  stderr: Readable;
  /** Resolves when the process is gone. */
  exited: Promise<{ code: number | undefined; signal: string | undefined }>;
  /** To the whole group. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Start time of a process in clock ticks, which tells it from another one with the same pid. Linux only. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; field 22 counts from before it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

/** Starts processes that end with the portal. */
export class Supervisor {
  readonly #file: string;
  readonly #reaper: ChildProcess;
  readonly #waiting = new Map<string, () => void>();
  readonly #running = new Map<number, string>();

  private constructor(directory: string) {
    this.#file = join(directory, 'processes');
    this.#reaper = spawn('sh', ['-c', REAPER], {
      // Out of the terminal's group: Ctrl-C must not end it before what it watches.
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      cwd: '/',
    });
    this.#reaper.unref();
    this.#reaper.stdin?.on('error', () => undefined);
    let rest = '';
    this.#reaper.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#waiting.get(line)?.();
    });
  }

  /** Ends what an earlier portal left behind, told by pid and start time. */
  static create(directory: string): Supervisor {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'processes');
    if (existsSync(file)) {
      for (const line of readFileSync(file, 'utf8').split('\n')) {
        const [pid, started] = line.split(' ');
        if (pid && started && startTime(Number(pid)) === started) {
          killGroup(Number(pid), 'SIGKILL');
        }
      }
    }
    return new Supervisor(directory);
  }

  /** @throws Error when the command cannot be started at all */
  async start(options: {
    command: string[];
    env: Record<string, string>;
    cwd: string;
  }): Promise<SupervisedProcess> {
    const child = spawn('sh', ['-c', WAIT_FOR_GO, 'sh', ...options.command], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const { pid, stdout, stderr } = child;
    const go = child.stdio[3];
    const exited = new Promise<{
      code: number | undefined;
      signal: string | undefined;
    }>(resolve => {
      child.once('error', () => resolve({ code: 127, signal: undefined }));
      child.once('close', (code, signal) =>
        resolve({ code: code ?? undefined, signal: signal ?? undefined }),
      );
    });
    if (pid === undefined || !stdout || !stderr || !go || !('write' in go)) {
      throw new Error(`${options.command[0]} could not be started`);
    }
    go.on('error', () => undefined);
    await this.#register(pid);
    void exited.then(() => this.#forget(pid));
    go.end('go\n');
    return {
      pid,
      stdout,
      stderr,
      exited,
      kill: signal => killGroup(pid, signal),
    };
  }

  /** Pids of the process groups that run now. */
  get pids(): number[] {
    return [...this.#running.keys()];
  }

  /** Ends the reaper, and with it whatever still runs. */
  close(): void {
    this.#reaper.stdin?.end();
  }

  async #register(pid: number): Promise<void> {
    await new Promise<void>(resolve => {
      this.#waiting.set(String(pid), resolve);
      this.#reaper.stdin?.write(`add ${pid}\n`);
    });
    this.#waiting.delete(String(pid));
    this.#running.set(pid, startTime(pid) ?? '');
    this.#save();
  }

  #forget(pid: number): void {
    // What the process started itself goes with it.
    killGroup(pid, 'SIGKILL');
    this.#running.delete(pid);
    this.#reaper.stdin?.write(`del ${pid}\n`);
    this.#save();
  }

  #save(): void {
    const lines = [...this.#running].map(([pid, start]) => `${pid} ${start}\n`);
    writeFileSync(this.#file, lines.join(''));
  }
}

import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import { markerLine } from './gaps';
import type { ContainerInstance } from './instances';
import type { LogSource } from './LogSource';
import { keyOf, type PastLines } from './readPast';
import { behind } from './times';

/** Lines that wait for a slow reader before older ones are dropped. */
const MAX_QUEUED = 20_000;
const LOOK_MILLIS = 1_000;

/** Lines as they come, of all runs of all containers, until the signal aborts. */
class LiveLines {
  readonly #queue: LogLine[] = [];
  readonly #following = new Set<string>();
  /** Runs whose lines may go on where nobody reads them. */
  readonly #broken: Map<string, ContainerInstance>;
  /** Streams that were read to their end; their runs may have ended, too. */
  readonly #done = new Set<string>();
  #dropped = 0;
  #notify: () => void = () => undefined;

  constructor(
    private readonly source: LogSource,
    private readonly past: PastLines,
    private readonly signal: AbortSignal,
  ) {
    this.#broken = new Map(past.running.map(run => [keyOf(run), run]));
  }

  async *read(): AsyncGenerator<LogLine> {
    const look = () => this.#look().catch(() => undefined);
    await look();
    const timer = setInterval(look, LOOK_MILLIS);
    const onAbort = () => this.#notify();
    this.signal.addEventListener('abort', onAbort);
    try {
      while (!this.signal.aborted) {
        const line = this.#next();
        if (line) yield line;
        else {
          await new Promise<void>(resolve => {
            this.#notify = resolve;
          });
        }
      }
    } finally {
      clearInterval(timer);
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  #next(): LogLine | undefined {
    const line = this.#queue.shift();
    if (!line || this.#dropped === 0) return line;
    this.#queue.unshift(line);
    const message = `${
      this.#dropped
    } lines are left out here: they came faster than they were read`;
    this.#dropped = 0;
    return markerLine(line, message);
  }

  /** Follows what began since, and reads the rest of what ended or broke off. */
  async #look(): Promise<void> {
    const instances = await this.source.instances();
    for (const instance of instances) {
      const key = keyOf(instance);
      this.#broken.delete(key);
      if (this.#following.has(key) || this.past.ended.has(key)) continue;
      this.#following.add(key);
      this.#follow(instance)
        .catch(error => {
          const isOver = this.#done.has(key) && error.name === 'NotFoundError';
          if (!this.signal.aborted && !isOver) this.#broken.set(key, instance);
        })
        .finally(() => this.#following.delete(key));
    }
    for (const [key, instance] of this.#broken) {
      this.#broken.delete(key);
      this.past.ended.add(key);
      this.#push(
        markerLine(
          { ...instance, at: this.source.archives.now().toISOString() },
          `The log of pod ${instance.pod}, container ${instance.container} broke off here; what is kept of the rest is shown when the log is opened again`,
        ),
      );
    }
  }

  async #follow(instance: ContainerInstance): Promise<void> {
    const key = keyOf(instance);
    const { positions, ended } = this.past;
    const lines = this.source.read(instance, {
      follow: !instance.ended,
      after: positions.get(key),
      signal: this.signal,
    });
    for await (const line of lines) {
      positions.set(key, behind(line, positions.get(key)));
      const shown = this.source.toLine(instance, line);
      if (shown) this.#push(shown);
    }
    if (this.signal.aborted) return;
    this.#done.add(key);
    if (instance.ended) ended.add(key);
  }

  #push(line: LogLine): void {
    if (this.#queue.length >= MAX_QUEUED) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#queue.push(line);
    this.#notify();
  }
}

/** What containers write from where reading the past ended, pods that begin later included, until the signal aborts. */
export function followLive(
  source: LogSource,
  past: PastLines,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  return new LiveLines(source, past, signal).read();
}

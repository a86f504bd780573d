import { EventEmitter, on } from 'node:events';
import type { Readable } from 'node:stream';
import type {
  ContainerLogLine,
  LogOptions,
} from '@konstellation/backstage-plugin-konstellation-node';

const MAX_LINES = 10_000;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_LINE = 16 * 1024;

/** The lines one container instance wrote: the last ones, bounded in number and bytes. */
export class LogBuffer {
  readonly #lines: ContainerLogLine[] = [];
  readonly #events = new EventEmitter().setMaxListeners(0);
  #bytes = 0;
  #ended = false;

  /** Reads a stream of the container to its end. */
  follow(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('error', () => undefined);
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.add(line);
      if (rest.length > MAX_LINE) {
        this.add(rest);
        rest = '';
      }
    });
    stream.on('end', () => {
      if (rest) this.add(rest);
    });
  }

  add(text: string): void {
    const line = {
      at: new Date().toISOString(),
      text: text.slice(0, MAX_LINE).replace(/\r$/, ''),
    };
    this.#lines.push(line);
    this.#bytes += line.text.length;
    while (this.#lines.length > MAX_LINES || this.#bytes > MAX_BYTES) {
      this.#bytes -= this.#lines.shift()?.text.length ?? 0;
    }
    this.#events.emit('line', line);
  }

  end(): void {
    this.#ended = true;
    this.#events.emit('end');
  }

  /** The last lines as one text, for messages. */
  tail(lines: number): string {
    return this.#lines
      .slice(-lines)
      .map(line => line.text)
      .join('\n');
  }

  async *read(options: LogOptions): AsyncGenerator<ContainerLogLine> {
    const { since, tailLines, signal } = options;
    const past = this.#lines.filter(
      line => since === undefined || line.at >= since,
    );
    // Listening begins before the past is read, so that no line falls between.
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal?.addEventListener('abort', abort);
    const coming =
      options.follow && !this.#ended
        ? on(this.#events, 'line', { close: ['end'], signal: stop.signal })
        : undefined;
    try {
      yield* tailLines === undefined ? past : past.slice(-tailLines);
      if (!coming || signal?.aborted) return;
      for await (const [line] of coming) yield line;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      stop.abort();
      signal?.removeEventListener('abort', abort);
    }
  }
}

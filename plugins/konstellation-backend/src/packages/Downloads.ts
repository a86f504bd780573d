import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** What a reader has to take, on average of a while, to be served on. */
export interface Pace {
  millis: number;
  bytes: number;
}

/** A reader that was cut, or the store that did not go on: whoever reads asks again for the rest. */
export class CutDownload extends Error {}

/** A place among the downloads that run at once. */
export interface Download {
  /** @throws CutDownload; any error of the stream or the connection */
  send(stream: Readable, response: ServerResponse): Promise<void>;
  /** Gives the place to others. */
  end(): void;
}

/** Downloads that run now: so many at once, none of them slower than a pace, so that nobody holds a place for nothing. */
export class Downloads {
  readonly #running = new Set<AbortController>();
  #left = () => {};

  constructor(private readonly options: { atOnce: number; pace: Pace }) {}

  /** undefined where all places are taken. */
  begin(): Download | undefined {
    if (this.#running.size >= this.options.atOnce) return undefined;
    const cut = new AbortController();
    this.#running.add(cut);
    return {
      send: (stream, response) => this.#send(stream, response, cut),
      end: () => {
        this.#running.delete(cut);
        this.#left();
      },
    };
  }

  /** Lets those that run end for so long, then cuts them. */
  async close(graceMillis: number): Promise<void> {
    const over = new AbortController();
    const ended = new Promise<void>(resolve => {
      this.#left = () => this.#running.size === 0 && resolve();
      this.#left();
    });
    const late = pause(graceMillis, undefined, { signal: over.signal });
    await Promise.race([ended, late.catch(() => undefined)]);
    over.abort();
    for (const cut of this.#running) {
      cut.abort(new CutDownload('a download was cut: the portal ends'));
    }
    await ended;
  }

  async #send(
    stream: Readable,
    response: ServerResponse,
    cut: AbortController,
  ): Promise<void> {
    const { millis, bytes } = this.options.pace;
    let taken = 0;
    let before = 0;
    const watch = setInterval(() => {
      if (taken - before < bytes) {
        const reason = `no more than ${taken - before} bytes in ${millis} ms`;
        cut.abort(new CutDownload(`a download was cut: ${reason}`));
      }
      before = taken;
    }, millis);
    async function* counted(source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        taken += chunk.length;
        yield chunk;
      }
    }
    try {
      await pipeline(stream, counted, response, { signal: cut.signal });
    } catch (error) {
      throw cut.signal.aborted ? cut.signal.reason : error;
    } finally {
      clearInterval(watch);
    }
  }
}

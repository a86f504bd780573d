import type {
  KubernetesObject,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { ObjectStore } from './ObjectStore';

/** Events that wait for a slow handler; beyond, it is told to list again instead. */
const MAX_WAITING = 1_000;

/** Informs watchers one event after another. */
export class Watches {
  readonly #open = new Set<() => void>();

  constructor(private readonly store: ObjectStore) {}

  add(
    matches: (object: KubernetesObject) => boolean,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void } {
    let waiting: WatchEvent[] = [{ type: 'RELISTED' }];
    let running = false;
    let closed = false;
    const run = async () => {
      if (running) return;
      running = true;
      while (!closed) {
        const event = waiting.shift();
        if (!event) break;
        try {
          await handler(event);
        } catch {
          // A handler that fails misses an event; it is told of the next.
        }
      }
      running = false;
    };
    const forget = this.store.onEvent(event => {
      if (closed || !matches(event.object)) return;
      waiting.push(event);
      if (waiting.length > MAX_WAITING) waiting = [{ type: 'RELISTED' }];
      void run();
    });
    const close = () => {
      closed = true;
      forget();
      this.#open.delete(close);
    };
    this.#open.add(close);
    queueMicrotask(() => void run());
    return { close };
  }

  close(): void {
    for (const close of [...this.#open]) close();
  }
}

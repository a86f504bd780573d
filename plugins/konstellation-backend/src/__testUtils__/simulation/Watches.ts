import type {
  KubernetesObject,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Turns } from './Turns';

interface Watch {
  matches: (object: KubernetesObject) => boolean;
  handler: (event: WatchEvent) => void | Promise<void>;
  waiting: WatchEvent[];
  running: boolean;
}

/** Informs watchers, each of one event after another, never before the call that made it has returned. */
export class Watches {
  readonly #open = new Set<Watch>();

  constructor(private readonly turns: Turns) {}

  /** Begins with `RELISTED`. */
  add(matches: Watch['matches'], handler: Watch['handler']): { close(): void } {
    const watch: Watch = {
      matches,
      handler,
      waiting: [{ type: 'RELISTED' }],
      running: false,
    };
    this.#open.add(watch);
    this.#soon(watch);
    return { close: () => void this.#open.delete(watch) };
  }

  tell(event: Required<WatchEvent>): void {
    for (const watch of this.#open) {
      if (!watch.matches(event.object)) continue;
      watch.waiting.push(event);
      this.#soon(watch);
    }
  }

  /** As after a cut connection that was open for too long. */
  relist(): void {
    for (const watch of this.#open) {
      watch.waiting = [{ type: 'RELISTED' }];
      this.#soon(watch);
    }
  }

  close(): void {
    this.#open.clear();
  }

  #soon(watch: Watch): void {
    if (watch.running) return;
    watch.running = true;
    this.turns.after(1, () => void this.#run(watch));
  }

  async #run(watch: Watch): Promise<void> {
    while (this.#open.has(watch)) {
      const event = watch.waiting.shift();
      if (!event) break;
      try {
        await watch.handler(event);
      } catch {
        // A handler that fails misses an event; it is told of the next.
      }
    }
    watch.running = false;
  }
}

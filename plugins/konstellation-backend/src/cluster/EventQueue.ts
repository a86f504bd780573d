import type { WatchEvent } from '@konstellation/backstage-plugin-konstellation-node';

/** More that wait are forgotten: whoever is so far behind lists. */
const MAX_WAITING = 10_000;

/** Gives events to a handler, one after another. */
export class EventQueue {
  #waiting: WatchEvent[] = [];
  #isBusy = false;
  #closed = false;

  /**
   * @param handler - may take its time
   * @param onError - what it throws ends nothing
   */
  constructor(
    private readonly handler: (event: WatchEvent) => void | Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  add(event: WatchEvent): void {
    if (this.#closed) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting = [{ type: 'RELISTED' }];
    } else if (
      event.type !== 'RELISTED' ||
      this.#waiting.at(-1)?.type !== 'RELISTED'
    ) {
      this.#waiting.push(event);
    }
    if (!this.#isBusy) void this.#drain();
  }

  /** Nothing more is handled. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    for (
      let event = this.#waiting.shift();
      event;
      event = this.#waiting.shift()
    ) {
      try {
        await this.handler(event);
      } catch (error) {
        this.onError(error);
      }
    }
    this.#isBusy = false;
  }
}

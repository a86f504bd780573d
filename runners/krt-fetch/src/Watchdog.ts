/** Aborts unless it is fed again and again. */
export class Watchdog {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** @param patience - milliseconds */
  constructor(readonly patience: number) {
    this.feed();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  feed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () =>
        this.#controller.abort(
          new Error(`no byte came for ${this.patience / 1000} s`),
        ),
      this.patience,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

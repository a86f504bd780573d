import { AsyncLocalStorage } from 'node:async_hooks';

/** One call, for everything that runs on its behalf. */
export class CallScope {
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #aborted: Error | undefined;

  constructor(
    readonly requestId: string,
    /** Milliseconds since 1970. */
    readonly deadline: number | undefined,
  ) {}

  /** Made when somebody asks: most handlers do not. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
      else if (this.deadline !== undefined) this.#abortAt(this.deadline);
    }
    return this.#controller.signal;
  }

  #abortAt(deadline: number): void {
    const left = Math.max(0, deadline - Date.now());
    this.#timer = setTimeout(
      () => this.abort(new Error('the deadline of the call has passed')),
      Math.min(left, 2 ** 31 - 1),
    );
    this.#timer.unref();
  }

  /** Nobody waits for the answer any more. */
  abort(reason: Error): void {
    this.#aborted ??= reason;
    this.#controller?.abort(reason);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

const scopes = new AsyncLocalStorage<CallScope>();

export function currentCall(): CallScope | undefined {
  return scopes.getStore();
}

export function runInCall<T>(scope: CallScope, work: () => T): T {
  return scopes.run(scope, work);
}

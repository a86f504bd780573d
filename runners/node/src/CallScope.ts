import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExitRequest } from './errors';

/** Milliseconds; timers of Node hold no more. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** One call, for everything that runs on its behalf. */
export class CallScope {
  /** Noted here as well as thrown: a handler may catch what process.exit throws. */
  exitRequest: ExitRequest | undefined;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #aborted: Error | undefined;
  #isRunning = true;

  constructor(
    readonly requestId: string,
    /** Milliseconds since 1970. */
    readonly deadline: number | undefined,
  ) {}

  /** Whether the call has no answer yet; what it started may go on for longer. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

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
      Math.min(left, LONGEST_TIMER),
    );
    this.#timer.unref();
  }

  /** Nobody waits for the answer any more. */
  abort(reason: Error): void {
    this.#aborted ??= reason;
    this.#controller?.abort(reason);
  }

  end(): void {
    this.#isRunning = false;
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

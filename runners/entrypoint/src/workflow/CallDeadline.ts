import { Code, ConnectError } from '@connectrpc/connect';

const maxTimeout = 24 * 60 * 60 * 1000;

/** Ends the waiting of one call: at its deadline, or when its caller goes. */
export class CallDeadline {
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The node that is being waited for, for the message. */
  waitingFor?: string;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  /**
   * @param caller - aborts when the caller goes or its own deadline passes
   * @param timeout - milliseconds
   */
  constructor(private readonly caller: AbortSignal, timeout: number) {
    const bounded = Math.min(timeout, maxTimeout);
    this.signal = this.controller.signal;
    this.at = Date.now() + bounded;
    this.timer = setTimeout(
      () => this.controller.abort(this.passed()),
      bounded,
    );
    if (caller.aborted) {
      this.onCallerAbort();
    } else {
      caller.addEventListener('abort', this.onCallerAbort, { once: true });
    }
  }

  end(): void {
    clearTimeout(this.timer);
    this.caller.removeEventListener('abort', this.onCallerAbort);
  }

  private readonly onCallerAbort = () => {
    const { reason } = this.caller;
    const isDeadline =
      reason instanceof ConnectError && reason.code === Code.DeadlineExceeded;
    this.controller.abort(
      isDeadline
        ? this.passed()
        : new ConnectError('the caller has gone', Code.Canceled),
    );
  };

  private passed(): ConnectError {
    const node = this.waitingFor
      ? ` while waiting for node '${this.waitingFor}'`
      : '';
    return new ConnectError(
      `the deadline passed${node}`,
      Code.DeadlineExceeded,
    );
  }
}

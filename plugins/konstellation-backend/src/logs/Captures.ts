import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import type {
  LogArchiveKey,
  LogArchiveStore,
} from '../database/LogArchiveStore';
import { GAPS } from './gaps';
import { InstanceCapture } from './InstanceCapture';
import type { ContainerInstance } from './instances';
import type { LogLimits } from './lines';
import { Slots } from './Slots';
import { within } from './within';

/** Logs that are put together in memory at once, each of `maxBytes` at most. */
const STORES_AT_ONCE = 2;
const FIRST_RETRY_MILLIS = 1_000;
const MAX_RETRY_MILLIS = 60_000;
/** Runs of one container that are kept, with however few lines. */
const MAX_RUNS = 100;

/** What goes on for one run of a container. */
export interface Capture {
  /** What there was when it began is stored, or could not be, and what comes is followed. Never fails. */
  begun: Promise<void>;
  /** Never fails. */
  done: Promise<void>;
}

/** Names a run among all. */
export function idOf(key: LogArchiveKey): string {
  const { versionUid, pod, container, instance } = key;
  return [versionUid, pod, container, instance].join('/');
}

/** The captures of this process: one for a run at a time, with pauses between those that fail. */
export class Captures {
  readonly #running = new Map<string, Capture>();
  readonly #failures = new Map<string, { count: number; retryAt: number }>();
  readonly #stores = new Slots(STORES_AT_ONCE);
  readonly #held = { bytes: 0 };
  readonly #closed = new AbortController();

  constructor(
    private readonly options: {
      archives: LogArchiveStore;
      limits: LogLimits;
      logger: LoggerService;
    },
  ) {}

  get isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /** When a capture that failed may be tried again; undefined for now. */
  retryAt(id: string): Date | undefined {
    const retryAt = this.#failures.get(id)?.retryAt;
    return retryAt !== undefined && retryAt > this.#now()
      ? new Date(retryAt)
      : undefined;
  }

  /** Nothing is tried again of what begins so. */
  forget(prefix: string): void {
    for (const id of this.#failures.keys()) {
      if (id.startsWith(prefix)) this.#failures.delete(id);
    }
  }

  /** Captures a run, to its end where it goes on; what goes on already is not begun again. */
  begin(
    cluster: ClusterClient,
    versionUid: string,
    run: ContainerInstance,
  ): Capture {
    const { pod, container, instance } = run;
    const key = { versionUid, pod, container, instance };
    const id = idOf(key);
    const running = this.#running.get(id);
    if (running) return running;
    const { archives, limits, logger } = this.options;
    const capture = new InstanceCapture({
      cluster,
      archives,
      limits,
      versionUid,
      instance: run,
      stores: this.#stores,
      held: this.#held,
      signal: this.#closed.signal,
    });
    let begin = () => {};
    const begun = new Promise<void>(resolve => {
      begin = resolve;
    });
    const captured = run.ended ? capture.ended() : capture.toEnd(begin);
    const done = captured
      .then(
        () => this.#succeeded(key),
        error => this.#failed(key, error),
      )
      .catch(error =>
        logger.warn(`pod ${pod}, container ${container}: ${error}`),
      )
      .finally(() => {
        this.#running.delete(id);
        begin();
      });
    this.#running.set(id, { begun, done });
    return { begun, done };
  }

  /** Waits until nothing is being captured, for so long at most. */
  async settled(millis: number): Promise<void> {
    const all = async () => {
      while (this.#running.size > 0) {
        await Promise.all([...this.#running.values()].map(({ done }) => done));
      }
    };
    await within(millis, all());
  }

  /** Ends what is being captured. */
  close(): void {
    this.#closed.abort();
  }

  async #succeeded(key: LogArchiveKey): Promise<void> {
    const { archives, limits } = this.options;
    this.#failures.delete(idOf(key));
    await archives.removeOlderRuns(key, {
      runs: MAX_RUNS,
      lines: limits.maxLines,
      bytes: limits.maxBytes,
    });
  }

  async #failed(key: LogArchiveKey, error: unknown): Promise<void> {
    if (this.isClosed) return;
    const { archives, logger } = this.options;
    const count = (this.#failures.get(idOf(key))?.count ?? 0) + 1;
    const wait = FIRST_RETRY_MILLIS * 2 ** Math.min(count - 1, 10);
    const retryAt = this.#now() + Math.min(wait, MAX_RETRY_MILLIS);
    this.#failures.set(idOf(key), { count, retryAt });
    logger.warn(
      `the log of pod ${key.pod}, container ${key.container} could not be captured: ${error}`,
    );
    // That it is gone is no reason, and what is missing then has its own.
    if (error instanceof Error && error.name === 'NotFoundError') return;
    const found = await archives.read(key);
    if (found && !found.archive.complete) {
      await archives.write(found.archive, { gap: GAPS.failed(error) });
    }
  }

  #now(): number {
    return this.options.archives.now().getTime();
  }
}

import type { LoggerService } from '@backstage/backend-plugin-api';

const FIRST_BACKOFF_MILLIS = 500;
const MAX_BACKOFF_MILLIS = 30_000;
/** Pauses; what is not released after them is taken over when its lease ends. */
const RELEASE_AGAIN_MILLIS = [100, 500, 2_000];

/** A round of something that was claimed. */
export interface Round {
  /** @returns when it is due again */
  work: () => Promise<Date | undefined>;
  /** Told of each failure in a row but the first, which often passes. */
  failed: (error: unknown) => Promise<void>;
  renew: () => Promise<boolean>;
  release: (nextAt?: Date) => Promise<void>;
}

/** Rounds that go on: each keeps its claim meanwhile, comes back later the more often it failed, and gives the claim back. */
export class Rounds {
  readonly #running = new Set<Promise<void>>();
  readonly #failures = new Map<string, number>();

  constructor(
    private readonly options: {
      logger: LoggerService;
      /** How often a claim is renewed. */
      renewMillis: number;
      now: () => Date;
      isStopped: () => boolean;
      /** Told when one has ended. */
      onEnd: () => void;
    },
  ) {}

  get size(): number {
    return this.#running.size;
  }

  /** Resolves when those that go on now have ended. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** @param key - names what it is of, in the log as well */
  run(key: string, round: Round): void {
    this.track(this.#run(key, round));
  }

  track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => {
      this.#running.delete(work);
      this.options.onEnd();
    });
  }

  async #run(key: string, round: Round): Promise<void> {
    const { logger, renewMillis } = this.options;
    let nextAt: Date | undefined;
    const renewing = setInterval(() => {
      round
        .renew()
        .catch(error => logger.warn(`${key} could not be kept: ${error}`));
    }, renewMillis);
    try {
      nextAt = await round.work();
      this.#failures.delete(key);
    } catch (error) {
      nextAt = await this.#failed(key, round, error);
    } finally {
      clearInterval(renewing);
    }
    await this.#release(key, () => round.release(nextAt));
  }

  /** @returns when to try again */
  async #failed(key: string, round: Round, error: unknown): Promise<Date> {
    const { logger, now } = this.options;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    logger.warn(`${key} could not be reconciled: ${error}`);
    if (failures > 1) {
      // What keeps a round from coming through may keep this as well.
      await round
        .failed(error)
        .catch(cause =>
          logger.warn(`why ${key} fails could not be kept: ${cause}`),
        );
    }
    const pause = Math.min(
      FIRST_BACKOFF_MILLIS * 2 ** (failures - 1),
      MAX_BACKOFF_MILLIS,
    );
    // Jitter, so that what failed together does not come back together.
    return new Date(now().getTime() + pause * (0.5 + Math.random() / 2));
  }

  /** Until a claim ends nobody looks at the row: a database that was away for a moment is asked again. */
  async #release(key: string, release: () => Promise<void>): Promise<void> {
    for (const pause of [...RELEASE_AGAIN_MILLIS, undefined]) {
      try {
        await release();
        return;
      } catch (error) {
        this.options.logger.warn(`${key} could not be released: ${error}`);
        if (pause === undefined || this.options.isStopped()) return;
        await new Promise(resolve => setTimeout(resolve, pause));
      }
    }
  }
}

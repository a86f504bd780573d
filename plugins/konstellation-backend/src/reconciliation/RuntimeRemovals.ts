import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import type { RuntimeRecord } from '../domain/types';
import { pauseAfter } from './lookAgain';
import type { ReleaseContext } from './ReleaseContext';
import { removeRuntime, type Waiting } from './removeRuntime';

/** What a removal waits for is told when it takes longer than most do. */
const TOLD_AFTER_MILLIS = 3_000;
/** The rest waits: others need the cluster too. */
const AT_ONCE = 4;
const SOONEST_MILLIS = 250;

interface Removal {
  /** When this process first looked at it. */
  begun: number;
  /** Infinite while it is looked at. */
  nextAt: number;
}

/**
 * Brings runtimes to their end, each for itself: often at first, ever more rarely the longer one takes, and telling what it waits for.
 * What is left of one when the process ends the next process goes on with.
 */
export class RuntimeRemovals {
  readonly #removals = new Map<string, Removal>();

  constructor(
    private readonly options: {
      context: ReleaseContext;
      logger: LoggerService;
      now: () => Date;
    },
  ) {}

  /**
   * The next step for each that is due.
   * @param runtimes - all that are being deleted
   * @returns what is under way, which never fails
   */
  begin(runtimes: readonly RuntimeRecord[]): Array<Promise<void>> {
    const ids = new Set(runtimes.map(({ id }) => id));
    for (const id of this.#removals.keys()) {
      if (!ids.has(id)) this.#removals.delete(id);
    }
    const now = this.options.now().getTime();
    const running = [...this.#removals.values()].filter(
      ({ nextAt }) => nextAt === Infinity,
    );
    let free = AT_ONCE - running.length;
    return runtimes.flatMap(runtime => {
      const removal = this.#removals.get(runtime.id) ?? {
        begun: now,
        nextAt: now,
      };
      if (removal.nextAt > now || free <= 0) return [];
      free--;
      removal.nextAt = Infinity;
      this.#removals.set(runtime.id, removal);
      return [this.#step(runtime, removal)];
    });
  }

  async #step(runtime: RuntimeRecord, removal: Removal): Promise<void> {
    const { context, logger, now } = this.options;
    try {
      const waiting = await removeRuntime(context, runtime);
      const waited = now().getTime() - removal.begun;
      if (waiting && waited >= TOLD_AFTER_MILLIS) {
        await context.store.recordRuntime(runtime.id, { removal: waiting });
      }
    } catch (error) {
      const text = `the runtime ${
        runtime.id
      } could not be removed: ${stringifyError(error)}`;
      logger.warn(text);
      await this.#tell(runtime, {
        reason: 'Retrying',
        message: `It could not be removed, which is tried again: ${
          error instanceof Error ? error.message : error
        }.`,
      });
    }
    const at = now().getTime();
    removal.nextAt = at + pauseAfter(at - removal.begun, SOONEST_MILLIS);
  }

  async #tell(runtime: RuntimeRecord, removal: Waiting): Promise<void> {
    const { context, logger } = this.options;
    try {
      await context.store.recordRuntime(runtime.id, { removal });
    } catch (error) {
      logger.warn(
        `why the runtime ${runtime.id} is not gone could not be written: ${error}`,
      );
    }
  }
}

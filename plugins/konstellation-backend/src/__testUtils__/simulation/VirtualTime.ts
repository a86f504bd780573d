/** Turns of the event loop in which nothing happened, after which nothing will by itself. */
const CALM_TURNS = 24;

/** What happens without being seen mostly takes less than this, in real milliseconds. */
const UNSEEN_MILLIS = 3;
/** On a machine that is busy it takes longer: each time the clock is moved on in vain there is more patience, up to this. */
const MOST_UNSEEN_MILLIS = 500;
const PATIENCE_GROWS = 1.15;

/** Where something happens that does not wait for the clock. */
export interface Activity {
  /** Grows with everything that happens. */
  progress: () => number;
  /** Something is under way. */
  isBusy: () => boolean;
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/**
 * The clock and the timers of everything in this process, moved on by hand: to the next timer as soon as nothing happens without
 * it. So ten seconds of draining take as long as the work that is done in them.
 */
export class VirtualTime {
  constructor(private readonly activity: Activity) {}

  /** From here on, time stands still until it is moved on. */
  static install(): void {
    jest.useFakeTimers({
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
      ],
      now: Date.now(),
    });
  }

  static uninstall(): void {
    jest.useRealTimers();
  }

  /** No timer of before fires any more. */
  static forget(): void {
    const now = Date.now();
    // Puts the clock back to when it was installed as well; time does not run backwards for those who come after.
    jest.clearAllTimers();
    jest.setSystemTime(now);
  }

  /** Waits until nothing happens by itself, for so many real milliseconds at most. */
  async quiet(patience = Infinity): Promise<void> {
    const { progress, isBusy } = this.activity;
    const late = performance.now() + patience;
    let calm = 0;
    let seen = progress();
    while (calm < CALM_TURNS && performance.now() < late) {
      await turn();
      const now = progress();
      calm = now === seen && !isBusy() ? calm + 1 : 0;
      seen = now;
    }
  }

  /**
   * Moves time on until the condition holds; it is asked whenever nothing happens.
   * @returns false when it did not hold within so many milliseconds
   */
  async until(
    condition: () => boolean | Promise<boolean>,
    millis: number,
  ): Promise<boolean> {
    const end = Date.now() + millis;
    for (;;) {
      await this.quiet();
      if (await condition()) return true;
      if (Date.now() >= end) return false;
      if (jest.getTimerCount() === 0) jest.advanceTimersByTime(millis);
      else jest.advanceTimersToNextTimer();
    }
  }

  /**
   * Waits for something that may need the clock, and work this does not see, such as files.
   * @throws Error when it is not done within so many milliseconds
   */
  async during<T>(work: Promise<T>, millis: number): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    const late = Date.now() + millis;
    let unseen = UNSEEN_MILLIS;
    while (!isDone) {
      if (Date.now() > late) throw new Error(`not done in ${millis} ms`);
      const patience = performance.now() + unseen;
      unseen = Math.min(unseen * PATIENCE_GROWS, MOST_UNSEEN_MILLIS);
      do {
        await this.quiet();
      } while (!isDone && performance.now() < patience);
      if (!isDone) jest.advanceTimersToNextTimer();
    }
    return work;
  }

  /** Lets so many milliseconds pass. */
  async pass(millis: number): Promise<void> {
    const end = Date.now() + millis;
    await this.until(() => Date.now() >= end, millis);
  }
}

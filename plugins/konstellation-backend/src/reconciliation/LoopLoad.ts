import { performance, type EventLoopUtilization } from 'node:perf_hooks';

const MEASURE_MILLIS = 100;
/** From this part of the time on, whoever asks waits for others. */
const BUSY = 0.7;

/** How busy the event loop of this process was just now, which answers callers as well. */
export class LoopLoad {
  #since: EventLoopUtilization = performance.eventLoopUtilization();
  #measuredAt = performance.now();
  #isBusy = false;

  get isBusy(): boolean {
    const now = performance.now();
    if (now - this.#measuredAt >= MEASURE_MILLIS) {
      const total = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(
        total,
        this.#since,
      );
      this.#isBusy = utilization >= BUSY;
      this.#since = total;
      this.#measuredAt = now;
    }
    return this.#isBusy;
  }
}

// Publications that follow each other while callers go on calling.
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../until.mjs';

/** A caller on its own, one call after another, not more than its share. */
async function callOn(call, everyMillis, state, caller) {
  let next = performance.now();
  while (!state.done) {
    state.calls++;
    try {
      const { version } = await call();
      if (!state.answeredAt.has(version)) {
        state.answeredAt.set(version, performance.now());
      }
      state.answeredBy[caller] = version;
    } catch (error) {
      state.failures.push(error.message);
    }
    // Who was held up does not catch up.
    next = Math.max(next + everyMillis, performance.now());
    await sleep(Math.max(next - performance.now(), 0));
  }
}

/** @returns milliseconds from the command to the first answer of that version */
async function switchTo(runtime, version, state) {
  state.answeredAt.delete(version);
  const begun = performance.now();
  await runtime.command(version, 'publish');
  await until(`an answer of ${version}`, () => state.answeredAt.has(version));
  // All of them: an answer that comes late would count for the switch back.
  await until('every caller is moved', () =>
    state.answeredBy.every(each => each === version),
  );
  return state.answeredAt.get(version) - begun;
}

/**
 * Lets the two versions of a runtime take turns.
 *
 * @param runtime - see startRuntime; the first of its versions is published
 * @param options.callers - see httpCaller and grpcCaller
 * @param options.switches - 200 at most
 * @param options.perSecond - calls of all of them together; by default one after another, as fast as answers come
 * @param options.everyMillis - from one switch to the next at the soonest
 * @returns `{ calls, failures, millis, ofService }`: of each switch from its command to the first answer that a caller got, and that the
 *   portal got at the Service
 */
export async function publishUnderLoad(
  runtime,
  { callers, switches, perSecond = Infinity, everyMillis = 0 },
) {
  const state = {
    done: false,
    calls: 0,
    failures: [],
    answeredAt: new Map(),
    answeredBy: callers.map(() => undefined),
  };
  const pause = (1_000 * callers.length) / perSecond;
  const calling = callers.map(({ call }, caller) =>
    callOn(call, pause, state, caller),
  );
  const millis = [];
  let ofService = [];
  const [first, second] = runtime.versions;
  try {
    for (let at = 0; at < switches; at++) {
      const next = performance.now() + everyMillis;
      const version = at % 2 === 0 ? second : first;
      millis.push(await switchTo(runtime, version, state));
      await sleep(Math.max(next - performance.now(), 0));
    }
    ofService = await runtime.switchMillis(switches);
  } finally {
    state.done = true;
    await Promise.all(calling);
  }
  return { calls: state.calls, failures: state.failures, millis, ofService };
}

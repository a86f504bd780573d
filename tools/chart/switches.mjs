// Publications that follow each other while callers go on calling, through the ingress controller.
import { Agent } from 'node:http';
import { askPrice } from '../priceEstimator.mjs';
import { until } from '../until.mjs';
import { startPricing } from './pricing.mjs';

const CALLERS = 4;

/** One caller on a connection of its own, one call after another. */
async function callOn(address, state, caller) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!state.done) {
    const answer = await askPrice(address, { agent }).catch(error => ({
      status: error.message,
    }));
    state.calls++;
    if (answer.status === 200) {
      const { version } = answer;
      if (!state.answeredAt.has(version)) {
        state.answeredAt.set(version, performance.now());
      }
      state.answeredBy[caller] = version;
    } else {
      state.failures.push(answer.status);
    }
  }
  agent.destroy();
}

/** @returns milliseconds from the command to the first answer of that version */
async function switchTo(runtime, version, state) {
  const name = `price-${version}`;
  state.answeredAt.delete(name);
  const begun = performance.now();
  await runtime.publish(version);
  await until(`an answer of ${name}`, () => state.answeredAt.has(name));
  // All of them: an answer that comes late would count for the switch back.
  await until('every caller is moved', () =>
    state.answeredBy.every(each => each === name),
  );
  return state.answeredAt.get(name) - begun;
}

/**
 * @param id - of the runtime, which is not there yet
 * @param switches - 200 at most
 * @returns `{ calls, failures, millis, ofService }`: of each switch from its command to the first answer that a caller got through the
 *   ingress controller, and that the portal got at the Service
 */
export async function publishUnderLoad(baseUrl, id, switches) {
  const runtime = await startPricing(baseUrl, id, ['v1', 'v2']);
  const state = {
    done: false,
    calls: 0,
    failures: [],
    answeredAt: new Map(),
    answeredBy: Array.from({ length: CALLERS }, () => undefined),
  };
  const callers = state.answeredBy.map((_, caller) =>
    callOn(runtime.address, state, caller),
  );
  const millis = [];
  let ofService = [];
  try {
    for (let at = 0; at < switches; at++) {
      const version = at % 2 === 0 ? 'v2' : 'v1';
      millis.push(await switchTo(runtime, version, state));
    }
    ofService = await runtime.switchMillis(switches);
  } finally {
    state.done = true;
    await Promise.all(callers);
    await runtime.end();
  }
  return { calls: state.calls, failures: state.failures, millis, ofService };
}

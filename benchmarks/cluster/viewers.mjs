// What open status pages cost the API server: requests of the portal's account, by its audit log.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { signIn } from '../../tools/api.mjs';
import { ACCOUNT } from '../../tools/chart/installation.mjs';
import { startPricing } from '../../tools/chart/pricing.mjs';

/** A page asks again at each signal; this is as often as it could. */
const LOOK_EVERY_MILLIS = 2_000;
/** The audit log is written in pieces; and what a start has stirred comes to rest. */
const REST_MILLIS = 20_000;

/** Requests of the portal between two moments; watches count when they begin. */
function requestsBetween({ auditLog }, from, to) {
  return readFileSync(auditLog, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
    .filter(({ user, stage, requestReceivedTimestamp }) => {
      const at = Date.parse(requestReceivedTimestamp);
      return (
        user.username === ACCOUNT &&
        stage === 'ResponseComplete' &&
        at >= from &&
        at < to
      );
    }).length;
}

/** What an open page of a version asks for. */
async function view(call, path, state) {
  while (!state.done) {
    await call('GET', path);
    await call('GET', `${path}/status`);
    await sleep(LOOK_EVERY_MILLIS);
  }
}

/** @returns `[{ viewers, perMinute }]` */
export async function countRequests(cluster, baseUrl, id, options) {
  const { viewers, millis } = options;
  const runtime = await startPricing(baseUrl, id, ['v1']);
  const call = await signIn(baseUrl);
  const path = `/runtimes/${id}/versions/price-v1`;
  const spans = [];
  try {
    await sleep(REST_MILLIS);
    for (const count of viewers) {
      const state = { done: false };
      const pages = Array.from({ length: count }, () =>
        view(call, path, state),
      );
      const from = Date.now();
      await sleep(millis);
      const to = Date.now();
      state.done = true;
      await Promise.all(pages);
      spans.push({ viewers: count, from, to });
    }
    await sleep(REST_MILLIS);
    return spans.map(({ viewers: count, from, to }) => ({
      viewers: count,
      perMinute: (requestsBetween(cluster, from, to) / (to - from)) * 60_000,
    }));
  } finally {
    await runtime.end();
  }
}

// A portal of two replicas, reached through the ingress controller: what holds while both are replaced, and when one is killed.
import { readFileSync } from 'node:fs';
import { NAMESPACE, RELEASE } from '../../chart/tests/renders.mjs';
import { processesOfCluster } from '../dev-cluster/processTable.mjs';
import { httpCaller } from '../httpCaller.mjs';
import { meanwhile } from '../meanwhile.mjs';
import { QUESTION } from '../priceEstimator.mjs';
import { until } from '../until.mjs';
import { readJson } from './objects.mjs';
import { startPricing } from './pricing.mjs';

const SELECTOR = `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component=portal`;
const PAUSE_MILLIS = 20;
const READY_SECONDS = 180;

/** Where people reach it: at the ingress controller of a development cluster. */
export const portalUrl = ({ httpPort }) => `http://localhost:${httpPort}`;

/** Values of the chart. @param backing - see backing/index.mjs */
export const onTwoReplicas = (cluster, backing) => ({
  ...backing.values,
  replicas: 2,
  portal: { url: portalUrl(cluster) },
  ingress: { enabled: true, className: 'haproxy' },
});

/** @returns names and restarts of the portal's pods, once they are two and ready */
async function portals(cluster) {
  const isReady = ({ metadata, status }) =>
    !metadata.deletionTimestamp &&
    status.containerStatuses?.every(({ ready }) => ready);
  const pods = await until(
    'two portals are ready',
    async () => {
      const { items } = await readJson(cluster, [
        ...['-n', NAMESPACE, 'get', 'pods', '-l', SELECTOR],
      ]);
      return items.filter(isReady);
    },
    { isSo: ({ length }) => length === 2, seconds: READY_SECONDS },
  );
  return pods.map(({ metadata, status }) => ({
    name: metadata.name,
    restarts: status.containerStatuses[0].restartCount,
  }));
}

function complain(seen) {
  const failures = Object.entries(seen).flatMap(([name, each]) =>
    each.failures.map(failure => `${name}: ${failure}`),
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

/**
 * Callers call, somebody reads, and somebody starts and stops a version again and again, while all portals are replaced.
 *
 * @param id - of the runtime, which is not there yet
 * @param replace - resolves when the others are ready
 * @returns `{ calls, pages, starts }`, how many there were
 * @throws Error with each that failed
 */
export async function replaceUnderLoad(cluster, id, replace) {
  const runtime = await startPricing(portalUrl(cluster), id, ['v1', 'v2']);
  const caller = httpCaller(runtime.address, QUESTION);
  const before = await portals(cluster);
  try {
    const seen = await meanwhile(
      {
        calls: caller.call,
        pages: runtime.read,
        starts: async () => {
          await runtime.command('price-v2', 'stop');
          await runtime.reaches('price-v2', 'STOPPED');
          await runtime.command('price-v2', 'start');
          await runtime.reaches('price-v2', 'STARTED');
        },
      },
      async () => {
        await replace();
        const after = await portals(cluster);
        const left = after.find(({ name }) =>
          before.some(each => each.name === name),
        );
        if (left) throw new Error(`${left.name} was not replaced`);
      },
      { pauseMillis: PAUSE_MILLIS },
    );
    complain(seen);
    return {
      calls: seen.calls.times,
      pages: seen.pages.times,
      starts: seen.starts.times,
    };
  } finally {
    caller.end();
    await runtime.end();
  }
}

/** Kills the process of a portal, as a node kills what takes too much memory. */
function kill(cluster, pod) {
  const isOfPod = ({ pid }) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return environment.split('\0').includes(`HOSTNAME=${pod}`);
    } catch {
      return false;
    }
  };
  const own = processesOfCluster(cluster).filter(isOfPod);
  if (own.length === 0) throw new Error(`No process of ${pod} was found`);
  for (const { pid } of own) process.kill(pid, 'SIGKILL');
}

/**
 * Each of the two portals is killed once in the middle of a start; the other one, or the one that comes back, brings it to its end.
 *
 * @param id - of the runtime, which is not there yet
 * @returns milliseconds of each of the two starts
 * @throws Error with what a caller of the published version did not get
 */
export async function killInTheMiddle(cluster, id) {
  const runtime = await startPricing(portalUrl(cluster), id, ['v1', 'v2']);
  const caller = httpCaller(runtime.address, QUESTION);
  const millis = [];
  try {
    const seen = await meanwhile(
      { calls: caller.call },
      async () => {
        for (const { name, restarts } of await portals(cluster)) {
          await runtime.command('price-v2', 'stop');
          await runtime.reaches('price-v2', 'STOPPED');
          const begun = Date.now();
          await runtime.command('price-v2', 'start');
          kill(cluster, name);
          // The one that is asked may be the one that was killed.
          await until(
            'price-v2 STARTED',
            () => runtime.statusOf('price-v2').catch(error => error.message),
            { isSo: status => status === 'STARTED' },
          );
          millis.push(Date.now() - begun);
          await until(
            `${name} is back`,
            async () =>
              (
                await portals(cluster)
              ).some(each => each.name === name && each.restarts > restarts),
            { seconds: READY_SECONDS },
          );
        }
      },
      { pauseMillis: PAUSE_MILLIS },
    );
    complain(seen);
    return millis;
  } finally {
    caller.end();
    await runtime.end();
  }
}

// The memory of the portal while it watches thousands of pods, which are only told of.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyObjects } from '../../tools/chart/objects.mjs';
import { fakeNode } from '../../tools/dev-cluster/kwok.mjs';
import { until } from '../../tools/until.mjs';

const NAMESPACE = 'bench-pods';
const PODS_OF_NODE = 100;
const WITHIN_SECONDS = 15 * 60;
const SETTLE_MILLIS = 15_000;
/** How the portal is started in its image. */
const COMMAND = 'packages/backend\0--config';

/** Resident memory of the portal in the cluster, in bytes: its processes are those of this machine. */
function portalMemory() {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes(COMMAND)) continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error('the process of the portal was not found');
}

const objectsOf = pods => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  ...Array.from({ length: Math.ceil(pods / PODS_OF_NODE) }, (_, at) =>
    fakeNode(`fake-${at}`),
  ),
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'many', namespace: NAMESPACE },
    spec: {
      replicas: pods,
      selector: { matchLabels: { app: 'many' } },
      template: {
        // As the portal labels what it watches.
        metadata: {
          labels: {
            app: 'many',
            'app.kubernetes.io/managed-by': 'konstellation',
            'konstellation.io/runtime': 'bench',
            'konstellation.io/solution': 'bench',
            'konstellation.io/version-uid': 'bench',
          },
        },
        spec: {
          nodeSelector: { type: 'kwok' },
          tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
          automountServiceAccountToken: false,
          containers: [{ name: 'many', image: 'none' }],
        },
      },
    },
  },
];

/** Not how many are ready: nodes that are not there may be a moment late, and their pods are not ready then. */
async function runningPods(cluster) {
  const names = await cluster.exec('kubectl', [
    ...['-n', NAMESPACE, 'get', 'pods', '-o', 'name'],
    ...['--field-selector', 'status.phase=Running'],
  ]);
  return names.split('\n').filter(Boolean).length;
}

/** @returns `{ pods, before, after }`, resident bytes once the portal has come to rest */
export async function watchPods(cluster, pods) {
  await sleep(SETTLE_MILLIS);
  const before = portalMemory();
  await applyObjects(cluster, 'pods', objectsOf(pods));
  await until('all pods run', () => runningPods(cluster), {
    isSo: running => running >= pods,
    seconds: WITHIN_SECONDS,
    pauseMillis: 1_000,
  });
  await sleep(SETTLE_MILLIS);
  return { pods, before, after: portalMemory() };
}

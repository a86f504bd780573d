// What the portal costs in a real cluster: the start of a version beside kubectl with the same objects, publications under load, requests
// to the API server by the number of open pages, and memory while thousands of pods are watched.
//   npm run bench:cluster [-- --quick] [--images FOLDER] [--registry NAME]
// FOLDER: what `node images/build.mjs --out FOLDER --registry NAME` wrote; by default the images are built. Ends with 3 where there can be no cluster.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { forwardPortal } from '../tools/chart/forward.mjs';
import { productImages, REGISTRY } from '../tools/chart/images.mjs';
import { installChart } from '../tools/chart/installation.mjs';
import { publishUnderLoad } from '../tools/chart/switches.mjs';
import {
  clusterProblem,
  startDevCluster,
} from '../tools/dev-cluster/index.mjs';
import { say, step } from '../tools/terminal.mjs';
import { root } from '../tools/toolchain.mjs';
import { watchPods } from './cluster/pods.mjs';
import { compareStarts } from './cluster/starts.mjs';
import { countRequests } from './cluster/viewers.mjs';
import { median, quantile, table } from './table.mjs';

const CANNOT = 3;
const CLUSTER = { name: 'konstellation-bench', port: 17143 };
const GOAL = { startMillis: 500, switchMillis: 250, requestsPart: 0.1 };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    images: { type: 'string' },
    registry: { type: 'string', default: REGISTRY },
  },
});
const STARTS = options.quick ? 2 : 5;
const SWITCHES = options.quick ? 10 : 200;
const PODS = options.quick ? 200 : 2_000;
const MINUTE_MILLIS = options.quick ? 15_000 : 60_000;
const VIEWERS = [0, 1, 50];

const seconds = millis => `${(millis / 1_000).toFixed(2)} s`;
const milliseconds = millis => `${millis.toFixed(0)} ms`;
const megabytes = bytes => `${(bytes / 1e6).toFixed(0)} MB`;

function rowsOf({ starts, switches, requests, memory }) {
  const [none, ...others] = requests;
  return [
    ['what', 'baseline', 'portal', 'goal'],
    [
      `start of a version, p50 of ${starts.portal.length}`,
      `${seconds(median(starts.kubectl))} kubectl apply, rollout status`,
      seconds(median(starts.portal)),
      `≤ kubectl + ${seconds(GOAL.startMillis)}`,
    ],
    [
      `publish under load, p50 of ${switches.millis.length}`,
      '',
      milliseconds(median(switches.millis)),
      '',
    ],
    [
      'publish under load, p99',
      '',
      milliseconds(quantile(switches.millis, 0.99)),
      `≤ ${GOAL.switchMillis} ms`,
    ],
    [
      'calls meanwhile, failed',
      '',
      `${switches.calls}, ${switches.failures.length}`,
      '0 failed',
    ],
    ...others.map(({ viewers, perMinute }) => [
      `API server requests per minute, ${viewers} open status pages`,
      `${none.perMinute.toFixed(0)} with none`,
      perMinute.toFixed(0),
      'equal within 10 %',
    ]),
    [
      `resident memory watching ${memory.pods} pods`,
      `${megabytes(memory.before)} before`,
      megabytes(memory.after),
      '',
    ],
  ];
}

/** Goals that are counts or ratios; times are for people to judge. */
function missedGoals({ switches, requests }) {
  const [none, ...others] = requests;
  return [
    ...(switches.failures.length > 0
      ? [`${switches.failures.length} calls failed`]
      : []),
    ...others
      .filter(
        ({ perMinute }) =>
          Math.abs(perMinute - none.perMinute) >
          Math.max(none.perMinute * GOAL.requestsPart, 2),
      )
      .map(({ viewers }) => `requests of ${viewers} pages`),
  ];
}

async function measure(cluster, baseUrl) {
  const id = part => `bench-${part}`;
  return {
    starts: await step('Started versions, and the same with kubectl', () =>
      compareStarts(cluster, baseUrl, id('starts'), STARTS),
    ),
    switches: await step('Published under load', () =>
      publishUnderLoad(baseUrl, id('switches'), SWITCHES),
    ),
    requests: await step('Counted requests', () =>
      countRequests(cluster, baseUrl, id('viewers'), {
        viewers: VIEWERS,
        millis: MINUTE_MILLIS,
      }),
    ),
    memory: await step(`Watched ${PODS} pods`, () => watchPods(cluster, PODS)),
  };
}

const problem = clusterProblem(CLUSTER);
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(CANNOT);
}
const date = new Date().toISOString().slice(0, 10);
const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} processors, ${(
  totalmem() /
  1024 ** 3
).toFixed(0)} GiB, Kubernetes 1.34`;
say(`${date}, ${machine}`);
const images = await productImages({
  folder: options.images,
  registry: options.registry,
  env: process.env,
});
const cluster = await startDevCluster({
  ...CLUSTER,
  images,
  helm: true,
  kwok: true,
});
try {
  await step('Installed the portal', () =>
    installChart(cluster, options.registry),
  );
  const portal = await forwardPortal(cluster);
  let results;
  try {
    results = await measure(cluster, portal.baseUrl);
  } finally {
    portal.end();
  }
  say();
  table(rowsOf(results));
  const place = join(root, 'benchmarks/results');
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'cluster.json'),
    `${JSON.stringify({ date, machine, ...results }, null, 2)}\n`,
  );
  const missed = missedGoals(results);
  if (missed.length > 0) {
    say(`\nmissed: ${missed.join('; ')}`);
    process.exitCode = 1;
  }
} finally {
  await step('Ended the cluster', () => cluster.stop());
}

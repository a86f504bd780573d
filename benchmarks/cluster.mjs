// What the portal costs in a real cluster: the start of a version beside kubectl with the same objects, publications under load, requests
// to the API server by the number of open pages, and memory while thousands of pods are watched.
//   npm run bench:cluster [-- --quick] [--only PART,…] [--images FOLDER] [--registry NAME]
// Parts: starts, switches, requests, memory.
// FOLDER: what `node images/build.mjs --out FOLDER --registry NAME` wrote; by default the images are built. Ends with 3 where there can be no cluster.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { forwardPortal } from '../tools/chart/forward.mjs';
import { productImages, REGISTRY } from '../tools/chart/images.mjs';
import { installChart } from '../tools/chart/installation.mjs';
import { endWhereImpossible } from '../tools/dev-cluster/endWhereImpossible.mjs';
import { startDevCluster } from '../tools/dev-cluster/index.mjs';
import { fail, say, step } from '../tools/terminal.mjs';
import { root } from '../tools/toolchain.mjs';
import { publishGreetings } from './cluster/greetings.mjs';
import { watchPods } from './cluster/pods.mjs';
import { compareStarts } from './cluster/starts.mjs';
import { countRequests } from './cluster/viewers.mjs';
import { median, quantile, table } from './table.mjs';

const CLUSTER = { name: 'konstellation-bench', port: 17143 };
const GOAL = { startMillis: 500, switchMillis: 250, requestsPart: 0.1 };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string', default: 'starts,switches,requests,memory' },
    images: { type: 'string' },
    registry: { type: 'string', default: REGISTRY },
  },
});
const STARTS = options.quick ? 2 : 5;
const LOAD = {
  switches: options.quick ? 10 : 200,
  everyMillis: 2_500,
  perSecond: 210,
};
const PODS = options.quick ? 200 : 2_000;
const MINUTE_MILLIS = options.quick ? 15_000 : 60_000;
const VIEWERS = [0, 1, 50];

const seconds = millis => `${(millis / 1_000).toFixed(2)} s`;
const milliseconds = millis => `${millis.toFixed(0)} ms`;
const spread = values =>
  `${milliseconds(median(values))} | ${milliseconds(quantile(values, 0.99))}`;
const megabytes = bytes => `${(bytes / 1e6).toFixed(0)} MB`;

const id = part => `bench-${part}`;

/** Each is measured by itself, and makes rows of the table; `missed` is of goals that are counts or ratios: times are for people to judge. */
const PARTS = {
  starts: {
    title: 'Started versions, and the same with kubectl',
    measure: (cluster, baseUrl) =>
      compareStarts(cluster, baseUrl, id('starts'), STARTS),
    rows: ({ portal, kubectl }) => [
      [
        `start of a version, p50 of ${portal.length}`,
        `${seconds(median(kubectl))} kubectl apply, rollout status`,
        seconds(median(portal)),
        `≤ kubectl + ${seconds(GOAL.startMillis)}`,
      ],
    ],
  },
  switches: {
    title: 'Published under load',
    measure: (_, baseUrl) => publishGreetings(baseUrl, id('switches'), LOAD),
    rows: ({ millis, ofService, calls, failures }) => [
      [
        `publish under load, p50 | p99 of ${ofService.length}, at the Service`,
        '',
        spread(ofService),
        `p99 ≤ ${GOAL.switchMillis} ms`,
      ],
      [
        'the same through the ingress controller',
        '',
        spread(millis),
        'its share beside',
      ],
      [
        'calls meanwhile, failed',
        '',
        `${calls}, ${failures.length}`,
        '0 failed',
      ],
    ],
    missed: ({ failures }) =>
      failures.length > 0 ? [`${failures.length} calls failed`] : [],
  },
  requests: {
    title: 'Counted requests',
    measure: (cluster, baseUrl) =>
      countRequests(cluster, baseUrl, id('viewers'), {
        viewers: VIEWERS,
        millis: MINUTE_MILLIS,
      }),
    rows: ([none, ...others]) =>
      others.map(({ viewers, perMinute }) => [
        `API server requests per minute, ${viewers} open status pages`,
        `${none.perMinute.toFixed(0)} with none`,
        perMinute.toFixed(0),
        'equal within 10 %',
      ]),
    missed: ([none, ...others]) =>
      others
        .filter(
          ({ perMinute }) =>
            Math.abs(perMinute - none.perMinute) >
            Math.max(none.perMinute * GOAL.requestsPart, 2),
        )
        .map(({ viewers }) => `requests of ${viewers} pages`),
  },
  memory: {
    title: `Watched ${PODS} pods`,
    measure: cluster => watchPods(cluster, PODS),
    rows: ({ pods, before, after }) => [
      [
        `resident memory watching ${pods} pods`,
        `${megabytes(before)} before`,
        megabytes(after),
        '',
      ],
    ],
  },
};

const wanted = options.only.split(',');
const unknown = wanted.filter(name => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  fail(
    `No such part: ${unknown.join(', ')}. There are: ${Object.keys(PARTS).join(
      ', ',
    )}`,
  );
}
endWhereImpossible(CLUSTER);
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
  const results = {};
  try {
    for (const name of wanted) {
      const { title, measure } = PARTS[name];
      results[name] = await step(title, () => measure(cluster, portal.baseUrl));
    }
  } finally {
    portal.end();
  }
  say();
  table([
    ['what', 'baseline', 'portal', 'goal'],
    ...wanted.flatMap(name => PARTS[name].rows(results[name])),
  ]);
  const place = join(root, 'benchmarks/results');
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'cluster.json'),
    `${JSON.stringify({ date, machine, ...results }, null, 2)}\n`,
  );
  const missed = wanted.flatMap(
    name => PARTS[name].missed?.(results[name]) ?? [],
  );
  if (missed.length > 0) {
    say(`\nmissed: ${missed.join('; ')}`);
    process.exitCode = 1;
  }
} finally {
  await step('Ended the cluster', () => cluster.stop());
}

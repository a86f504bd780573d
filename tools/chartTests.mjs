// `npm run test:chart`: the chart in a real cluster of its own. Installs it, asks `helm test`, tells the story and runs the tests of the
// cluster port with the account of the chart; then the audit log of the API server has to show that nothing was denied and that every
// right was needed, and the story has to fail without some of them. Ends with `N passed, N failed`, with 3 where there can be no cluster.
//   node tools/chartTests.mjs --images FOLDER [--registry NAME] [--without RESOURCE,…] [--keep]
// FOLDER: what `node images/build.mjs --out FOLDER --registry NAME` wrote.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { CASES, NAMESPACE, RELEASE } from '../chart/tests/renders.mjs';
import {
  givenRights,
  pendingRights,
  usedRights,
} from '../chart/tests/rights.mjs';
import { backendTests, testEnvironment } from './backendTests.mjs';
import { tellChapter } from './chart/chapter.mjs';
import { isConfined } from './chart/confinement.mjs';
import { dryRun } from './chart/dryRun.mjs';
import { forwardPortal } from './chart/forward.mjs';
import {
  ACCOUNT,
  accountKubeconfig,
  installChart,
  takeAway,
} from './chart/installation.mjs';
import { isIsolated } from './chart/isolation.mjs';
import { publishUnderLoad } from './chart/switches.mjs';
import { closeWith } from './counts.mjs';
import { clusterProblem, startDevCluster } from './dev-cluster/index.mjs';
import { testImage } from './dev-cluster/testImage.mjs';
import { show } from './processes.mjs';
import { tellStory } from './story.mjs';
import { fail, red, say, step } from './terminal.mjs';

/** Exit code for "not here". */
const CANNOT = 3;
const CLUSTER = { name: 'konstellation-chart', port: 16943 };
const IMAGES = ['portal', 'entrypoint', 'krt-fetch', 'node', 'python'];
const CONDITIONS = ['ingress', 'proxies'];
/** Asked by `helm test`, and allowed to everyone. */
const OF_EVERYONE = /^create selfsubjectaccessreviews\./;
const LOG_MILLIS = 2_000;
const SWITCHES = 10;

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: 'dist/images' },
    registry: { type: 'string', default: 'registry.example' },
    without: { type: 'string', default: 'secrets,deployments' },
    keep: { type: 'boolean' },
  },
});

function imageFiles() {
  const files = IMAGES.map(name => resolve(options.images, `${name}.tar`));
  const missing = files.filter(file => !existsSync(file));
  if (missing.length === 0) return files;
  return fail(
    `There is no ${missing[0]}: node images/build.mjs --out ${options.images} --registry ${options.registry}`,
  );
}

const runtimeId = () => `chart-${Date.now().toString(36)}`;

async function withPortal(cluster, work) {
  const portal = await forwardPortal(cluster);
  try {
    await work(portal.baseUrl);
  } finally {
    portal.end();
  }
}

/** The tests of the cluster port, as the account of the chart. */
async function clusterPort(cluster) {
  const KUBECONFIG = await accountKubeconfig(cluster);
  const code = await show(
    ...backendTests({
      flags: ['--testPathIgnorePatterns=/node_modules/', '--silent'],
      paths: ['src/cluster/KubernetesClusterClient\\.cluster\\.test\\.ts$'],
      env: { ...testEnvironment(), KUBECONFIG },
    }),
  );
  if (code !== 0) throw new Error('Tests of the cluster port failed.');
}

/** @throws Error with the rights that nothing needed, and with what was denied */
async function rightsAreExact({ auditLog }) {
  const given = givenRights('clusterWide', CONDITIONS);
  const pending = pendingRights('clusterWide');
  // It is written in pieces.
  await sleep(LOG_MILLIS);
  const { used, denied } = usedRights(readFileSync(auditLog, 'utf8'), ACCOUNT);
  const problems = [
    ...[...denied].map(right => `denied: ${right}`),
    ...[...used]
      .filter(right => !given.includes(right) && !OF_EVERYONE.test(right))
      .map(right => `not of the chart: ${right}`),
    ...given
      .filter(right => !used.has(right) && !pending.has(right))
      .map(right => `never needed: ${right}`),
    ...[...pending.keys()]
      .filter(right => used.has(right))
      .map(right => `needed, and still called pending in rbac.json: ${right}`),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  say(`  ${given.length - pending.size} rights, each needed; none denied`);
}

/** Without a right the story must not come to its end. */
async function failsWithout(cluster, resource) {
  await takeAway(cluster, resource);
  let error;
  await withPortal(cluster, baseUrl =>
    tellStory(baseUrl, runtimeId()).catch(caught => {
      error = caught;
    }),
  );
  if (!error) throw new Error(`The story went well without ${resource}.`);
  say(`  “${error.message.slice(0, 160)}”`);
}

async function main() {
  const problem = clusterProblem(CLUSTER);
  if (problem) {
    process.stderr.write(`${red('✗')} ${problem}\n`);
    process.exit(CANNOT);
  }
  const images = [...imageFiles(), testImage()];
  const cluster = await startDevCluster({
    ...CLUSTER,
    images,
    helm: true,
    metrics: true,
  });
  const install = () => installChart(cluster, options.registry);
  const withoutOnes = options.without.split(',').filter(Boolean);
  const tests = {
    // Before the chart is there, whose keys could not be changed.
    ...Object.fromEntries(
      CASES.map(name => [
        `An API server takes values/${name}.yaml`,
        () => dryRun(cluster, name),
      ]),
    ),
    'It installs, and the portal is ready': install,
    'helm test': () =>
      cluster.exec('helm', [
        'test',
        RELEASE,
        '--namespace',
        NAMESPACE,
        '--logs',
      ]),
    'The story': () =>
      withPortal(cluster, baseUrl => tellStory(baseUrl, runtimeId())),
    'Settings, a changed configuration, another solution': () =>
      withPortal(cluster, baseUrl => tellChapter(baseUrl, runtimeId())),
    'Two runtimes cannot reach each other, nor the portal': () =>
      withPortal(cluster, async baseUrl => {
        const ids = [`${runtimeId()}-a`, `${runtimeId()}-b`];
        const { open, refused } = await isIsolated(cluster, baseUrl, ids);
        say(`  ${open} connections opened, ${refused} refused`);
      }),
    'Publications under load': () =>
      withPortal(cluster, async baseUrl => {
        const id = `${runtimeId()}-s`;
        const { calls, failures, millis } = await publishUnderLoad(
          baseUrl,
          id,
          SWITCHES,
        );
        const slowest = Math.round(Math.max(...millis));
        say(
          `  ${calls} calls, ${failures.length} failed; first answer after ${slowest} ms at most`,
        );
        if (failures.length > 0) throw new Error(failures.join('\n'));
      }),
    'The tests of the cluster port': () => clusterPort(cluster),
    'Every right was needed, and none was missing': () =>
      rightsAreExact(cluster),
    // After the audit log was read, which these refusals would be in.
    'It is kept to its own namespaces': () => isConfined(cluster),
    ...Object.fromEntries(
      withoutOnes.map(resource => [
        `The story fails without ${resource}`,
        () => failsWithout(cluster, resource).finally(install),
      ]),
    ),
  };
  const result = { passed: 0, failed: 0 };
  try {
    for (const [title, test] of Object.entries(tests)) {
      try {
        await step(title, test);
        result.passed++;
      } catch (error) {
        say(red(error.message));
        result.failed++;
      }
    }
  } finally {
    if (!options.keep) await step('Ended the cluster', () => cluster.stop());
  }
  closeWith(result);
}

main().catch(error => fail(error.stack ?? String(error)));

// The chart in a real cluster of its own. Installs it, asks `helm test`, tells the story and runs the tests of the cluster port with the
// account of the chart; then the audit log of the API server has to show that nothing was denied and that every right was needed, and the
// story has to fail without some of them.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CASES } from '../../chart/tests/renders.mjs';
import { givenRights, usedRights } from '../../chart/tests/rights.mjs';
import { backendTests, testEnvironment } from '../backendTests.mjs';
import { startDevCluster } from '../dev-cluster/index.mjs';
import { testImage } from '../dev-cluster/testImage.mjs';
import { httpCaller } from '../httpCaller.mjs';
import { QUESTION } from '../priceEstimator.mjs';
import { endingOnSignals, show } from '../processes.mjs';
import { tellStory } from '../story.mjs';
import { red, say, step } from '../terminal.mjs';
import { tellChapter } from './chapter.mjs';
import { isConfined } from './confinement.mjs';
import { dryRun } from './dryRun.mjs';
import { forwardPortal } from './forward.mjs';
import { behindGateway, throughGateway } from './gateway.mjs';
import { grpcCaller } from './grpcCaller.mjs';
import { productImages, REGISTRY } from './images.mjs';
import {
  ACCOUNT,
  accountKubeconfig,
  helmTest,
  helmTestLog,
  installChart,
  takeAllAway,
  takeAway,
} from './installation.mjs';
import { isIsolated } from './isolation.mjs';
import { startPricing } from './pricing.mjs';
import { testsOfReplicas } from './replicaTests.mjs';
import { IN_THEIR_NAMESPACES, makeTheirNamespaces } from './restricted.mjs';
import { runtimeId } from './runtime.mjs';
import { publishUnderLoad } from './switches.mjs';

export const CHART_CLUSTER = { name: 'konstellation-chart', port: 16943 };
/** Rules without which the story has to fail. */
const NEEDED = ['secrets', 'deployments'];
const CONDITIONS = ['ingress', 'proxies'];
/** Asked by `helm test`, and allowed to everyone. */
const OF_EVERYONE = /^create selfsubjectaccessreviews\./;
const LOG_MILLIS = 2_000;
const SWITCHES = 10;

async function withPortal(cluster, work) {
  const portal = await forwardPortal(cluster);
  try {
    await work(portal.baseUrl);
  } finally {
    portal.end();
  }
}

/** Over HTTP and gRPC, as fast as answers come. */
async function publishPrices(baseUrl) {
  const id = `${runtimeId()}-s`;
  const runtime = await startPricing(baseUrl, id, ['v1', 'v2']);
  const { address, grpcAddress } = runtime;
  const callers = [
    httpCaller(address, QUESTION),
    httpCaller(address, QUESTION),
    grpcCaller(grpcAddress, QUESTION),
    grpcCaller(grpcAddress, QUESTION),
  ];
  try {
    return await publishUnderLoad(runtime, { callers, switches: SWITCHES });
  } finally {
    callers.forEach(({ end }) => end());
    await runtime.end();
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

const auditLogOf = ({ auditLog }) => readFileSync(auditLog, 'utf8');

/** At its end a runtime's namespace is looked through for what another configuration of the portal may have left. */
const MAY_BE_DENIED = /^list (ingresses|httproutes|grpcroutes)\./;

/** @param begun - how much of the audit log is of before */
async function rightsOf(cluster, mode, begun = 0) {
  // It is written in pieces.
  await sleep(LOG_MILLIS);
  const given = givenRights(mode, CONDITIONS);
  const log = auditLogOf(cluster).slice(begun);
  const { used, denied } = usedRights(log, ACCOUNT);
  const problems = [
    ...[...denied]
      .filter(right => mode !== 'restricted' || !MAY_BE_DENIED.test(right))
      .map(right => `denied: ${right}`),
    ...[...used]
      .filter(right => !given.includes(right) && !OF_EVERYONE.test(right))
      .map(right => `not of the chart: ${right}`),
  ];
  return { given, used, problems };
}

const complain = problems => {
  if (problems.length > 0) throw new Error(problems.join('\n'));
};

/** @throws Error with what was denied */
async function rightsSuffice(cluster, mode, begun) {
  const { given, used, problems } = await rightsOf(cluster, mode, begun);
  complain(problems);
  const needed = given.filter(right => used.has(right)).length;
  say(`  ${needed} of ${given.length} rights were needed for it; none denied`);
}

/** @throws Error with the rights that nothing needed, and with what was denied */
async function rightsAreExact(cluster) {
  const mode = 'clusterWide';
  const { given, used, problems } = await rightsOf(cluster, mode);
  complain([
    ...problems,
    ...given
      .filter(right => !used.has(right))
      .map(right => `never needed: ${right}`),
  ]);
  say(`  ${given.length} rights, each needed; none denied`);
}

/** Without any right `helm test` must name each of them. */
async function namesEveryRight(cluster) {
  await takeAllAway(cluster);
  const isFailed = await helmTest(cluster).then(
    () => false,
    () => true,
  );
  if (!isFailed) throw new Error('helm test went well without any right');
  const log = await helmTestLog(cluster);
  const given = givenRights('clusterWide', CONDITIONS);
  const unnamed = given.filter(right => {
    const [verb, what] = right.split(' ');
    const [resource, ...group] = what.split('.');
    const line = `  ${verb} ${resource}`;
    const ofGroup = group.length > 0 ? ` of ${group.join('.')}` : '';
    return !log.split('\n').includes(line + ofGroup);
  });
  complain(unnamed.map(right => `not named: ${right}`));
  say(`  ${given.length} rights taken away, each named`);
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

function testsOf(cluster, { install, replicas, without }) {
  return {
    // Before the chart is there, whose keys could not be changed.
    ...Object.fromEntries(
      CASES.map(name => [
        `An API server takes values/${name}.yaml`,
        () => dryRun(cluster, name),
      ]),
    ),
    'It installs, and the portal is ready': () => install(),
    'helm test': () => helmTest(cluster),
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
        const { calls, failures, millis } = await publishPrices(baseUrl);
        const slowest = Math.round(Math.max(...millis));
        say(
          `  ${calls} calls, ${failures.length} failed; first answer after ${slowest} ms at most`,
        );
        if (failures.length > 0) throw new Error(failures.join('\n'));
      }),
    'The tests of the cluster port': () => clusterPort(cluster),
    'Every right was needed, and none was missing': () =>
      rightsAreExact(cluster),
    // From here on the audit log has refusals.
    'helm test names every right that is missing': () =>
      namesEveryRight(cluster).finally(() => install()),
    'It is kept to its own namespaces': () => isConfined(cluster),
    'Behind a Gateway: HTTPRoute and GRPCRoute': async () => {
      await install(behindGateway(cluster));
      await withPortal(cluster, async baseUrl => {
        const id = `${runtimeId()}-g`;
        const { http, grpc } = await throughGateway(cluster, baseUrl, id);
        say(`  ${http} over HTTP, ${grpc} over gRPC`);
      });
    },
    'In namespaces that are there, with rights in these alone': async () => {
      await makeTheirNamespaces(cluster);
      try {
        await install(IN_THEIR_NAMESPACES);
        const begun = auditLogOf(cluster).length;
        await withPortal(cluster, baseUrl => tellStory(baseUrl, runtimeId()));
        await rightsSuffice(cluster, 'restricted', begun);
      } finally {
        await install();
      }
    },
    ...replicas.tests,
    'It installs as before': () => install(),
    // Last, as they leave runtimes that cannot come to their end.
    ...Object.fromEntries(
      without.map(resource => [
        `The story fails without ${resource}`,
        () => failsWithout(cluster, resource).finally(() => install()),
      ]),
    ),
  };
}

/**
 * @param options.images - folder with images of the product; by default they are built
 * @param options.registry - in their names
 * @param options.without - rules without which the story has to fail
 * @param options.keep - leaves the cluster running
 * @returns passed and failed tests
 */
export async function proveChart({
  images,
  registry = REGISTRY,
  without = NEEDED,
  keep = false,
} = {}) {
  const files = await productImages({
    folder: images,
    registry,
    env: testEnvironment(),
  });
  const cluster = await startDevCluster({
    ...CHART_CLUSTER,
    images: [...files, testImage()],
    helm: true,
    metrics: true,
  });
  const install = values => installChart(cluster, registry, values);
  const replicas = testsOfReplicas(cluster, install);
  const result = { passed: 0, failed: 0 };
  await endingOnSignals(
    async () => {
      const tests = testsOf(cluster, { install, replicas, without });
      for (const [title, test] of Object.entries(tests)) {
        try {
          await step(title, test);
          result.passed++;
        } catch (error) {
          say(red(error.message));
          result.failed++;
        }
      }
    },
    async () => {
      await replicas.end();
      if (!keep) await step('Ended the cluster', () => cluster.stop());
    },
  );
  return result;
}

// A real Kubernetes of one node, for tests, for benchmarks and for trying things: no Docker, no systemd, no registry, and nothing of
// the network of this machine changed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../processes.mjs';
import { step as say } from '../terminal.mjs';
import { inside } from './commands.mjs';
import { daemonNames, runningDaemon } from './daemons.mjs';
import { loadImages } from './images.mjs';
import { exclusively } from './lock.mjs';
import { prepareDevCluster } from './preparation.mjs';
import { problemOf } from './problem.mjs';
import { clusterSettings } from './settings.mjs';
import { bringUp } from './startup.mjs';
import { endCluster } from './teardown.mjs';

export { fakeNode } from './kwok.mjs';
export { prepareDevCluster };

const EXEC_MILLIS = 600_000;

/** @returns why a cluster cannot be had on this machine, in a sentence; undefined where it can */
export function clusterProblem(options) {
  return problemOf(clusterSettings(options));
}

/**
 * Brings a cluster up, or what is missing of it; safe to repeat, also after it was killed half-way.
 *
 * @param options.name - see clusterSettings; two of different names, on different ports, can run beside each other
 * @param options.images - OCI images, as tars, to bring into it
 * @param options.node - false for a control plane alone, which has no pods
 * @param options.metrics - whether it has metrics-server
 * @param options.kwok - whether it plays nodes and pods that are not there; see kwok.mjs
 * @param options.helm - whether `exec` finds helm
 * @param options.apiServerFlags - more of them, as `--name=value`
 * @param options.step - what says how it goes; see terminal.mjs
 */
export async function startDevCluster({
  name,
  port,
  images = [],
  node = true,
  metrics = false,
  kwok = false,
  helm = false,
  apiServerFlags = [],
  step = say,
} = {}) {
  const tools = Object.entries({ helm, kwok, 'metrics-server': metrics })
    .filter(([, isWanted]) => isWanted)
    .map(([tool]) => tool);
  const wanted = clusterSettings({ name, port });
  await prepareDevCluster(wanted, step, tools);
  const options = { name, port, node, metrics, kwok, apiServerFlags, step };
  const settings = await exclusively(wanted, () => bringUp(options));
  const cluster = openDevCluster(settings);
  if (images.length > 0) {
    await step('Images of yours', () => cluster.load(images));
  }
  return cluster;
}

/** A cluster that runs. */
function openDevCluster(settings) {
  return {
    ...settings,

    /** Runs a command in the network of the cluster. @returns its output. @throws an Error with the end of it when it fails */
    exec(command, args = [], { env = process.env, ...options } = {}) {
      const [first, ...rest] = inside(settings, [command, ...args]);
      return capture(first, rest, {
        timeout: EXEC_MILLIS,
        ...options,
        env: insideEnvironment(settings, env),
      });
    },

    load: tars => loadImages(settings, tars),

    stop: () => end(settings),
  };
}

/** kubectl and the others that were compiled are found, and know the cluster. */
export function insideEnvironment({ bin, insideKubeconfig }, env) {
  return {
    ...env,
    PATH: `${bin}:${env.PATH}`,
    KUBECONFIG: insideKubeconfig,
  };
}

/** The cluster of this name that runs. @throws an Error when there is none */
export function runningDevCluster(options = {}) {
  const settings = clusterSettings(options);
  const file = join(settings.state, 'cluster.json');
  if (!existsSync(file)) {
    throw new Error(`No cluster ${settings.name} runs here.`);
  }
  const { port } = JSON.parse(readFileSync(file, 'utf8'));
  return openDevCluster(clusterSettings({ ...options, port }));
}

const end = settings => exclusively(settings, () => endCluster(settings));

/** Ends a cluster in whatever state it is; nothing where there is none. */
export async function stopDevCluster(options) {
  await end(clusterSettings(options));
}

/** @returns `[{ name, pid }]` of all that belongs to it; `pid` is undefined of what has ended */
export function statusOf(settings) {
  return daemonNames(settings).map(name => ({
    name,
    pid: runningDaemon(settings, name),
  }));
}

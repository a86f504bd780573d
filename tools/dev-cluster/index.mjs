// A real Kubernetes of one node, for tests and for trying things: no Docker, no systemd, no registry, and nothing of the network of
// this machine changed.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../terminal.mjs';
import { clusterProblem, prepareBinaries } from './binaries.mjs';
import { makeCertificates } from './certificates.mjs';
import { attempt } from './commands.mjs';
import { startControlPlane } from './controlPlane.mjs';
import { endDaemons, runningDaemon } from './daemons.mjs';
import { endContainers, loadImages } from './images.mjs';
import { makeNetwork, removeNetwork } from './network.mjs';
import { startNode } from './node.mjs';
import { clusterSettings } from './settings.mjs';

export { clusterProblem, clusterSettings };

/**
 * Brings a cluster up, or what is missing of it; safe to repeat.
 * @param options.name - see clusterSettings; two of different names, on different ports, can run beside each other
 * @param options.images - OCI images, as tars, to bring into it
 * @returns the settings of the cluster, and `load(tars)`, `stop()`
 */
export async function startDevCluster({ name, port, images = [] } = {}) {
  const settings = clusterSettings({ name, port });
  await prepareBinaries(settings);
  mkdirSync(settings.log, { recursive: true });
  await step('Network and certificates', async () => {
    makeNetwork(settings);
    makeCertificates(settings);
  });
  await step('Control plane', () => startControlPlane(settings));
  await step('Node', () => startNode(settings));
  if (images.length > 0) {
    await step('Images', async () => loadImages(settings, images));
  }
  return {
    ...settings,
    auditLog: join(settings.log, 'audit.jsonl'),
    load: tars => loadImages(settings, tars),
    stop: () => stopDevCluster({ name, port }),
  };
}

function unmountBelow(folder) {
  const mounted = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
    .filter(place => place.startsWith(`${folder}/`));
  // The innermost first.
  for (const place of mounted.sort().reverse())
    attempt('umount', ['-l', place]);
}

/** Ends everything of a cluster and takes its state away; what was compiled stays. Safe to repeat, also after a kill. */
export async function stopDevCluster({ name, port } = {}) {
  const settings = clusterSettings({ name, port });
  if (!existsSync(settings.state)) {
    removeNetwork(settings);
    return;
  }
  // First, or it starts again what ends.
  await endDaemons(settings, ['kubelet']);
  const isPlaying = runningDaemon(settings, 'containerd') !== undefined;
  const podNetworks = isPlaying ? endContainers(settings) : [];
  await endDaemons(settings);
  unmountBelow(settings.state);
  removeNetwork(settings, podNetworks);
  rmSync(settings.state, { recursive: true, force: true });
}

/** @returns what of a cluster runs, by name */
export function statusOf(settings) {
  return [
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'containerd',
    'kubelet',
    'kube-proxy',
    'coredns',
  ].map(name => ({ name, pid: runningDaemon(settings, name) }));
}

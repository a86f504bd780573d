// How a cluster comes up: what is missing of it, in the order that its parts need.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPortTaken } from '../portal.mjs';
import { apiClient } from './apiClient.mjs';
import { makeCertificates } from './certificates.mjs';
import { containerdReady, startContainerd } from './containerd.mjs';
import {
  accountsReady,
  apiServerReady,
  startApiServer,
  startControllers,
} from './controlPlane.mjs';
import { startDns } from './dns.mjs';
import { loadImages, pauseImage } from './images.mjs';
import { startIngress } from './ingress.mjs';
import { nodeReady, startKubelet } from './kubelet.mjs';
import { startKwok } from './kwok.mjs';
import { startMetrics } from './metrics.mjs';
import { makeNetwork } from './network.mjs';
import { startPolicies } from './policies.mjs';
import { BOOT } from './processTable.mjs';
import { clusterSettings } from './settings.mjs';
import { endCluster } from './teardown.mjs';

async function checkPorts({ port, httpPort, httpsPort }) {
  for (const each of [port, httpPort, httpsPort]) {
    if (await isPortTaken(each)) {
      throw new Error(
        `Another program has the port ${each} of this machine: choose with --port.`,
      );
    }
  }
}

/** One that was started before keeps its port; what the machine took down with it is cleared away. */
async function claimState({ name, port }) {
  const settings = clusterSettings({ name, port });
  const file = join(settings.state, 'cluster.json');
  if (existsSync(file)) {
    const found = JSON.parse(readFileSync(file, 'utf8'));
    if (found.boot !== BOOT) await endCluster(settings);
    else if (port === undefined) return clusterSettings({ name, ...found });
    else if (found.port !== settings.port) {
      throw new Error(
        `The cluster ${settings.name} is on port ${found.port} already.`,
      );
    }
  }
  if (!existsSync(file)) await checkPorts(settings);
  mkdirSync(settings.log, { recursive: true });
  writeFileSync(file, JSON.stringify({ port: settings.port, boot: BOOT }));
  return settings;
}

async function startNode(settings, api, step) {
  await step('containerd', () => containerdReady(settings));
  await step('Images', async () =>
    loadImages(settings, [pauseImage(settings)]),
  );
  startKubelet(settings);
  await step('DNS', () => startDns(settings, api));
  await step('Network policies', () => startPolicies(settings, api));
  await step('Ingress', () => startIngress(settings, api));
  await step('Node', () => nodeReady(settings, api));
}

/** @param options - of startDevCluster @returns the settings of the cluster */
export async function bringUp(options) {
  const { node, metrics, kwok, apiServerFlags, step } = options;
  const settings = await claimState(options);
  await step('Network and certificates', async () => {
    makeNetwork(settings);
    makeCertificates(settings);
  });
  const api = apiClient(join(settings.state, 'harness.kubeconfig'));
  try {
    startApiServer(settings, apiServerFlags);
    if (node) startContainerd(settings);
    await step('API server', () => apiServerReady(settings, api));
    startControllers(settings);
    if (node) await startNode(settings, api, step);
    await step('Controllers', () => accountsReady(settings, api));
    if (metrics) await step('Metrics', () => startMetrics(settings, api));
    if (kwok) startKwok(settings);
  } finally {
    api.close();
  }
  return settings;
}

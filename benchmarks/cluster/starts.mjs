// The start of a version by the portal, and of the same objects by kubectl, in turn.
import {
  applyObjects,
  readJson,
  writeObjects,
} from '../../tools/chart/objects.mjs';
import { startPricing } from '../../tools/chart/pricing.mjs';
import { until } from '../../tools/until.mjs';

const COPY = 'bench-copy';
const KINDS = 'configmaps,secrets,services,deployments';
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/** Of an object in the cluster, what makes another one like it elsewhere. */
function copyOf({ apiVersion, kind, metadata, spec, data, type, immutable }) {
  const { clusterIP, clusterIPs, ...own } = spec ?? {};
  // The portal looks for its objects by this.
  const { [MANAGED_BY]: manager, ...labels } = metadata.labels;
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: COPY, labels },
    ...(spec ? { spec: own } : {}),
    ...(data ? { data, type, immutable } : {}),
  };
}

/** A namespace just like that of the runtime, and a file with the objects of its release. */
async function prepareCopy(cluster, namespace) {
  const { metadata } = await readJson(cluster, ['get', 'ns', namespace]);
  const { items } = await readJson(cluster, [
    ...['-n', namespace, 'get', KINDS],
    ...['-l', 'konstellation.io/version-uid'],
  ]);
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'konstellation-solution', namespace: COPY },
    automountServiceAccountToken: false,
  };
  const place = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: COPY,
      labels: {
        'pod-security.kubernetes.io/enforce':
          metadata.labels['pod-security.kubernetes.io/enforce'],
        // Whose pods may fetch packages from the portal.
        [MANAGED_BY]: metadata.labels[MANAGED_BY],
      },
    },
  };
  await applyObjects(cluster, 'copy-place', [place, account]);
  return writeObjects(cluster, 'copy', items.map(copyOf));
}

async function startByKubectl(cluster, file) {
  const begun = performance.now();
  await cluster.exec('kubectl', ['apply', '-f', file]);
  await cluster.exec('kubectl', [
    ...['-n', COPY, 'rollout', 'status', 'deployment', '--timeout=120s'],
    ...['-l', 'konstellation.io/version-uid', '--watch'],
  ]);
  const millis = performance.now() - begun;
  await cluster.exec('kubectl', ['delete', '-f', file, '--wait=true']);
  await until('the pods of kubectl are gone', async () => {
    const { items } = await readJson(cluster, ['-n', COPY, 'get', 'pods']);
    return items.length === 0;
  });
  return millis;
}

/** @returns `{ portal, kubectl }`, milliseconds of each start */
export async function compareStarts(cluster, baseUrl, id, starts) {
  const runtime = await startPricing(baseUrl, id, ['v1']);
  const [version] = runtime.versions;
  const command = name => runtime.command(version, name);
  const reaches = status => runtime.reaches(version, status);
  const times = { portal: [], kubectl: [] };
  try {
    await command('unpublish');
    await reaches('STARTED');
    for (let at = 0; at < starts; at++) {
      // The token of a package is good while the version is started.
      const file = await prepareCopy(cluster, `kre-${id}`);
      times.kubectl.push(await startByKubectl(cluster, file));
      await command('stop');
      await reaches('STOPPED');
      const begun = performance.now();
      await command('start');
      await reaches('STARTED');
      times.portal.push(performance.now() - begun);
    }
  } finally {
    await runtime.end();
    await cluster.exec('kubectl', [
      'delete',
      'namespace',
      COPY,
      '--wait=false',
    ]);
  }
  return times;
}

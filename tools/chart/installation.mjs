// The chart, installed into a development cluster: with a volume on the machine, and with guests.
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, NAMESPACE, RELEASE } from '../../chart/tests/renders.mjs';
import { applyObjects, readJson } from './objects.mjs';

const READY_WITHIN = '300s';
/** User of the portal's image. */
const USER = 10001;
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };

export const ACCOUNT = `system:serviceaccount:${NAMESPACE}:${RELEASE}`;

function volume(folder) {
  const name = 'portal-state';
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: RESTRICTED },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        accessModes: spec.accessModes,
        capacity: spec.resources.requests,
        hostPath: { path: folder },
        claimRef: { namespace: NAMESPACE, name },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: NAMESPACE },
      spec: { ...spec, storageClassName: '', volumeName: name },
    },
  ];
}

/** The cluster's own ingress controller answers at the loopback of this machine. */
function values({ httpPort }, registry) {
  return {
    image: { registry, pullPolicy: 'Never' },
    portal: { url: 'http://localhost:7007' },
    auth: { allowGuest: true },
    persistence: { existingClaim: 'portal-state' },
    // The tests of the cluster port call pods from outside.
    rbac: { proxies: true },
    runtimes: {
      ingress: {
        domain: 'apps.localhost',
        protocol: 'http',
        port: httpPort,
        className: 'haproxy',
      },
      network: {
        ingress: [
          { namespaceLabels: { 'kubernetes.io/metadata.name': 'ingress' } },
        ],
      },
    },
  };
}

/**
 * Installs it, or brings it back to how it is installed, and waits until it is ready.
 * @param more - values over the usual ones
 */
export async function installChart(cluster, registry, more = {}) {
  const folder = join(cluster.state, 'portal');
  mkdirSync(folder, { recursive: true });
  chownSync(folder, USER, USER);
  await applyObjects(cluster, 'portal', volume(folder));
  const files = [values(cluster, registry), more].map((each, at) => {
    const file = join(cluster.state, `portal-values-${at}.json`);
    writeFileSync(file, JSON.stringify(each));
    return file;
  });
  await cluster.exec('helm', [
    ...['upgrade', '--install', RELEASE, CHART, '--namespace', NAMESPACE],
    // What a test took away is given back.
    ...[...files.flatMap(file => ['--values', file]), '--force-conflicts'],
    ...['--wait', '--timeout', READY_WITHIN],
  ]);
}

const ROLE = ['clusterrole', `${NAMESPACE}-${RELEASE}`];

async function setRules(cluster, rules) {
  const patch = JSON.stringify({ rules });
  await cluster.exec('kubectl', [
    ...['patch', ...ROLE, '--type=merge', '-p', patch],
  ]);
}

/** Takes the rule of a resource away from the role of the portal. */
export async function takeAway(cluster, resource) {
  const { rules } = await readJson(cluster, ['get', ...ROLE]);
  const left = rules.filter(({ resources }) => !resources.includes(resource));
  if (left.length === rules.length)
    throw new Error(`No rule is for ${resource}`);
  await setRules(cluster, left);
}

/** Takes every rule away. */
export const takeAllAway = cluster => setRules(cluster, []);

/** Asks `helm test`. @throws Error when it fails */
export const helmTest = cluster =>
  cluster.exec('helm', ['test', RELEASE, '--namespace', NAMESPACE, '--logs']);

/** What the last one that failed said. */
export const helmTestLog = cluster =>
  cluster.exec('kubectl', ['-n', NAMESPACE, 'logs', `${RELEASE}-test`]);

/** A kubeconfig of this machine with a token of the portal's account. @returns its path */
export async function accountKubeconfig(cluster) {
  const token = await cluster.exec('kubectl', [
    ...['-n', NAMESPACE, 'create', 'token', RELEASE, '--duration', '2h'],
  ]);
  const config = await readJson(cluster, [
    ...['config', 'view', '--raw', '--kubeconfig', cluster.kubeconfig],
  ]);
  const [user] = config.users;
  const file = join(cluster.state, 'account.kubeconfig');
  const users = [{ ...user, user: { token: token.trim() } }];
  writeFileSync(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
  return file;
}

// etcd, the API server, the controllers and the scheduler.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inside } from './commands.mjs';
import { startDaemon, untilSo } from './daemons.mjs';
import { NODE_IP, POD_CIDR, SERVICE_CIDR } from './settings.mjs';

const ETCD = 'http://127.0.0.1:2379';

/** Every request with who made it, so that tests can count them. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

function apiServerFlags({ state, auditLog }) {
  const pki = name => join(state, 'pki', name);
  return {
    'etcd-servers': ETCD,
    'bind-address': '0.0.0.0',
    'secure-port': '6443',
    'advertise-address': NODE_IP,
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    'client-ca-file': pki('ca.crt'),
    'token-auth-file': pki('tokens.csv'),
    'authorization-mode': 'Node,RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-signing-key-file': pki('sa.key'),
    'service-account-key-file': pki('sa.key'),
    'service-cluster-ip-range': SERVICE_CIDR,
    'kubelet-client-certificate': pki('kubelet-client.crt'),
    'kubelet-client-key': pki('kubelet-client.key'),
    'kubelet-preferred-address-types': 'InternalIP',
    'allow-privileged': 'true',
    'audit-policy-file': join(state, 'audit-policy.json'),
    'audit-log-path': auditLog,
    // APIs that others serve, such as metrics.
    'requestheader-client-ca-file': pki('ca.crt'),
    'requestheader-allowed-names': 'front-proxy',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': pki('front-proxy.crt'),
    'proxy-client-key-file': pki('front-proxy.key'),
    'enable-aggregator-routing': 'true',
  };
}

function controllerFlags({ state }) {
  return {
    kubeconfig: join(state, 'controller-manager.kubeconfig'),
    'service-account-private-key-file': join(state, 'pki/sa.key'),
    'root-ca-file': join(state, 'pki/ca.crt'),
    'cluster-signing-cert-file': join(state, 'pki/ca.crt'),
    'cluster-signing-key-file': join(state, 'pki/ca.key'),
    'cluster-cidr': POD_CIDR,
    'use-service-account-credentials': 'true',
    'allocate-node-cidrs': 'false',
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
  };
}

export const flagsOf = flags =>
  Object.entries(flags).map(([name, value]) => `--${name}=${value}`);

/** Starts one of the compiled binaries in the network of the cluster. */
export function startBinary(settings, name, flags, more = []) {
  startDaemon(
    settings,
    name,
    inside(settings, [join(settings.bin, name), ...flagsOf(flags), ...more]),
  );
}

/** 127.0.0.1:port of this machine leads to the API server, through a socket that both sides see. */
function forward(settings) {
  const socket = join(settings.state, 'api.sock');
  startDaemon(
    settings,
    'forward-in',
    inside(settings, [
      'socat',
      `UNIX-LISTEN:${socket},fork,unlink-early`,
      // Without nodelay every call takes 40 ms more.
      'TCP:127.0.0.1:6443,nodelay',
    ]),
  );
  startDaemon(settings, 'forward-out', [
    'socat',
    `TCP-LISTEN:${settings.port},bind=127.0.0.1,reuseaddr,nodelay,fork`,
    `UNIX-CONNECT:${socket}`,
  ]);
}

/** @param more - flags of the API server */
export function startApiServer(settings, more = []) {
  const { state } = settings;
  writeFileSync(join(state, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  startBinary(settings, 'etcd', {
    'data-dir': join(state, 'etcd'),
    'listen-client-urls': ETCD,
    'advertise-client-urls': ETCD,
    'listen-peer-urls': 'http://127.0.0.1:2380',
    // What is lost with the machine is made again.
    'unsafe-no-fsync': 'true',
    'log-level': 'warn',
  });
  // It waits for etcd itself.
  startBinary(settings, 'kube-apiserver', apiServerFlags(settings), more);
  forward(settings);
}

export async function apiServerReady(settings, api) {
  await untilSo(
    settings,
    'The API server is ready',
    ['etcd', 'kube-apiserver', 'forward-in', 'forward-out'],
    () => api.answers('/readyz'),
  );
}

export function startControllers(settings) {
  startBinary(settings, 'kube-controller-manager', controllerFlags(settings));
  startBinary(settings, 'kube-scheduler', {
    kubeconfig: join(settings.state, 'scheduler.kubeconfig'),
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
  });
}

/** Without its account no pod can be made in a namespace. */
export async function accountsReady(settings, api) {
  await untilSo(
    settings,
    'Namespaces have their accounts',
    ['kube-controller-manager', 'kube-scheduler'],
    () => api.answers('/api/v1/namespaces/default/serviceaccounts/default'),
  );
}

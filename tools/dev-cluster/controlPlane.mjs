// etcd, the API server, the controllers and the scheduler.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, inside } from './commands.mjs';
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

/** @returns whether kubectl, as administrator, has an answer */
export function kubectl(settings, args, options) {
  return attempt(
    join(settings.bin, 'kubectl'),
    ['--kubeconfig', settings.kubeconfig, ...args],
    options,
  );
}

function apiServerFlags({ state, log }) {
  const pki = name => join(state, 'pki', name);
  const requestHeader = name => `X-Remote-${name}`;
  return Object.entries({
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
    'allow-privileged': 'true',
    'kubelet-preferred-address-types': 'InternalIP',
    'audit-policy-file': join(state, 'audit-policy.json'),
    'audit-log-path': join(log, 'audit.jsonl'),
    // APIs that others serve, such as metrics.
    'requestheader-client-ca-file': pki('ca.crt'),
    'requestheader-allowed-names': 'front-proxy',
    'requestheader-username-headers': requestHeader('User'),
    'requestheader-group-headers': requestHeader('Group'),
    'requestheader-extra-headers-prefix': requestHeader('Extra-'),
    'proxy-client-cert-file': pki('front-proxy.crt'),
    'proxy-client-key-file': pki('front-proxy.key'),
    'enable-aggregator-routing': 'true',
  }).map(([name, value]) => `--${name}=${value}`);
}

/** 127.0.0.1:<port> of this machine leads to the API server, through a socket that both sides see. */
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

export async function startControlPlane(settings) {
  const { bin, state } = settings;
  const run = (name, flags) =>
    startDaemon(settings, name, inside(settings, [join(bin, name), ...flags]));
  writeFileSync(join(state, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  run('etcd', [
    `--data-dir=${join(state, 'etcd')}`,
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    '--listen-peer-urls=http://127.0.0.1:2380',
    // What is lost with the machine is made again.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]);
  run('kube-apiserver', apiServerFlags(settings));
  forward(settings);
  await untilSo(
    settings,
    'the API server is ready',
    () => kubectl(settings, ['get', '--raw', '/readyz'], { timeout: 5_000 }).ok,
  );
  run('kube-controller-manager', [
    `--kubeconfig=${join(state, 'controller-manager.kubeconfig')}`,
    `--service-account-private-key-file=${join(state, 'pki/sa.key')}`,
    `--root-ca-file=${join(state, 'pki/ca.crt')}`,
    `--cluster-signing-cert-file=${join(state, 'pki/ca.crt')}`,
    `--cluster-signing-key-file=${join(state, 'pki/ca.key')}`,
    `--cluster-cidr=${POD_CIDR}`,
    '--use-service-account-credentials',
    '--allocate-node-cidrs=false',
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ]);
  run('kube-scheduler', [
    `--kubeconfig=${join(state, 'scheduler.kubeconfig')}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
  ]);
  await untilSo(
    settings,
    'namespaces get their accounts',
    () => kubectl(settings, ['get', 'serviceaccount', 'default']).ok,
  );
}

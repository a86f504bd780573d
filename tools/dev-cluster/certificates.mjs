// Who is who in a cluster: a certificate authority of its own, certificates of servers, and a token for each client.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { must } from './commands.mjs';
import { API_CLUSTER_IP, NODE_IP, NODE_NAME } from './settings.mjs';

const DAYS = '3650';

const CERTIFICATES = [
  {
    name: 'apiserver',
    subject: '/CN=kube-apiserver',
    extensions: `subjectAltName=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost,IP:127.0.0.1,IP:${API_CLUSTER_IP},IP:${NODE_IP}\nextendedKeyUsage=serverAuth`,
  },
  {
    name: 'kubelet-client',
    subject: '/O=system:masters/CN=apiserver-kubelet',
    extensions: 'extendedKeyUsage=clientAuth',
  },
  {
    name: 'front-proxy',
    subject: '/CN=front-proxy',
    extensions: 'extendedKeyUsage=clientAuth',
  },
];

/** Clients of the API server, by the names of their kubeconfigs. */
const CLIENTS = {
  admin: { user: 'admin', group: 'system:masters' },
  'controller-manager': { user: 'system:kube-controller-manager' },
  scheduler: { user: 'system:kube-scheduler' },
  node: { user: `system:node:${NODE_NAME}`, group: 'system:nodes' },
  proxy: { user: 'system:kube-proxy' },
};

function kubeconfig({ name, server, token, authority }) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'dev',
        cluster: { server, 'certificate-authority-data': authority },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'dev', context: { cluster: 'dev', user: name } }],
    'current-context': 'dev',
  });
}

function writeSecret(file, text) {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Makes what is not there yet. */
export function makeCertificates(settings) {
  const folder = join(settings.state, 'pki');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The last file that is written.
  const tokens = join(folder, 'tokens.csv');
  if (existsSync(tokens)) return;
  const openssl = args => must('openssl', args, { cwd: folder });
  const keyed = ['-newkey', 'rsa:2048', '-nodes'];
  openssl([
    'req',
    '-x509',
    ...keyed,
    '-days',
    DAYS,
    '-subj',
    '/CN=dev-cluster',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  ]);
  for (const { name, subject, extensions } of CERTIFICATES) {
    writeFileSync(join(folder, `${name}.ext`), extensions);
    openssl([
      'req',
      ...keyed,
      '-subj',
      subject,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    ]);
    openssl([
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      DAYS,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.crt`,
    ]);
  }
  openssl(['genrsa', '-out', 'sa.key', '2048']);
  const authority = readFileSync(join(folder, 'ca.crt')).toString('base64');
  const within = `https://${NODE_IP}:6443`;
  const lines = Object.entries(CLIENTS).map(([name, { user, group }]) => {
    const token = randomBytes(16).toString('hex');
    const own = { name, token, authority };
    const server =
      name === 'admin' ? `https://127.0.0.1:${settings.port}` : within;
    writeSecret(
      join(settings.state, `${name}.kubeconfig`),
      kubeconfig({ ...own, server }),
    );
    if (name === 'admin') {
      writeSecret(
        join(settings.state, 'inside.kubeconfig'),
        kubeconfig({ ...own, server: within }),
      );
    }
    return `${token},${user},${name}${group ? `,"${group}"` : ''}\n`;
  });
  writeSecret(tokens, lines.join(''));
}

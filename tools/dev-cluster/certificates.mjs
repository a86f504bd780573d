// Who is who in a cluster: a certificate authority of its own, certificates of servers, and a token for each client.
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { must } from './commands.mjs';
import {
  API_SERVER,
  API_SERVICE_IP,
  METRICS_POD_IP,
  NODE_IP,
  NODE_NAME,
} from './settings.mjs';

const CERTIFICATES = {
  apiserver: {
    subject: '/CN=kube-apiserver',
    usage: 'serverAuth',
    names: [
      'DNS:kubernetes',
      'DNS:kubernetes.default',
      'DNS:kubernetes.default.svc',
      'DNS:kubernetes.default.svc.cluster.local',
      'DNS:localhost',
      'IP:127.0.0.1',
      `IP:${API_SERVICE_IP}`,
      `IP:${NODE_IP}`,
    ],
  },
  'kubelet-client': {
    subject: '/O=system:masters/CN=apiserver-kubelet',
    usage: 'clientAuth',
  },
  'front-proxy': { subject: '/CN=front-proxy', usage: 'clientAuth' },
  // For what is called by a host that no secret has a certificate for.
  ingress: {
    subject: '/CN=localhost',
    usage: 'serverAuth',
    names: [
      'DNS:localhost',
      'DNS:*.localhost',
      'DNS:*.grpc.localhost',
      'IP:127.0.0.1',
    ],
  },
  metrics: {
    subject: '/CN=metrics-server',
    usage: 'serverAuth',
    names: ['DNS:metrics-server.kube-system.svc', `IP:${METRICS_POD_IP}`],
  },
};

/** Clients of the API server. Those of the harness have users of their own, so that the audit log tells them from a test. */
const CLIENTS = {
  admin: { user: 'admin', group: 'system:masters' },
  'controller-manager': { user: 'system:kube-controller-manager' },
  scheduler: { user: 'system:kube-scheduler' },
  node: { user: `system:node:${NODE_NAME}`, group: 'system:nodes' },
  proxy: { user: 'system:kube-proxy' },
  harness: { user: 'dev-cluster:harness', group: 'system:masters' },
  dns: { user: 'dev-cluster:dns', group: 'system:masters' },
  policies: { user: 'dev-cluster:policies', group: 'system:masters' },
  ingress: { user: 'dev-cluster:ingress', group: 'system:masters' },
  metrics: { user: 'dev-cluster:metrics', group: 'system:masters' },
  kwok: { user: 'dev-cluster:kwok', group: 'system:masters' },
};

/** Nothing of the machine's own configuration of OpenSSL. */
const OPENSSL_CONFIG = `[req]
distinguished_name = name
[name]
`;

function makeCertificate(folder, name, { subject, extensions, issuer }) {
  must(
    'openssl',
    [
      ...['req', '-x509', '-config', 'openssl.cnf', '-days', '3650'],
      ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.crt`],
      ...extensions.flatMap(extension => ['-addext', extension]),
      ...(issuer ? ['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`] : []),
    ],
    { cwd: folder },
  );
}

/** JSON is YAML: what reads kubeconfigs reads this, and so does `JSON.parse`. */
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

function issueCertificate(folder, name, { subject, usage, names }) {
  makeCertificate(folder, name, {
    subject,
    issuer: 'ca',
    extensions: [
      'basicConstraints=critical,CA:FALSE',
      `extendedKeyUsage=${usage}`,
      ...(names ? [`subjectAltName=${names.join(',')}`] : []),
    ],
  });
}

/**
 * Makes a certificate for a server beside the cluster.
 *
 * @param host - DNS name it is called by
 * @returns `{ cert, key, authority }`, files
 */
export function serverCertificate({ state }, host) {
  const folder = join(state, 'pki');
  issueCertificate(folder, host, {
    subject: `/CN=${host}`,
    usage: 'serverAuth',
    names: [`DNS:${host}`],
  });
  return {
    cert: join(folder, `${host}.crt`),
    key: join(folder, `${host}.key`),
    authority: join(folder, 'ca.crt'),
  };
}

function makeAuthority(folder) {
  writeFileSync(join(folder, 'openssl.cnf'), OPENSSL_CONFIG);
  makeCertificate(folder, 'ca', {
    subject: '/CN=dev-cluster',
    extensions: [
      'basicConstraints=critical,CA:TRUE',
      'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
      'subjectKeyIdentifier=hash',
    ],
  });
  for (const [name, certificate] of Object.entries(CERTIFICATES)) {
    issueCertificate(folder, name, certificate);
  }
  must(
    'openssl',
    ['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', 'sa.key'],
    { cwd: folder },
  );
  writeFileSync(
    join(folder, 'tokens.csv'),
    Object.entries(CLIENTS)
      .map(([name, { user, group }]) => {
        const token = randomBytes(16).toString('hex');
        return `${token},${user},${name}${group ? `,"${group}"` : ''}\n`;
      })
      .join(''),
  );
}

function writeKubeconfigs({ state, port }, folder) {
  const authority = readFileSync(join(folder, 'ca.crt')).toString('base64');
  const write = (file, options) =>
    writeFileSync(
      join(state, `${file}.kubeconfig`),
      kubeconfig({ authority, ...options }),
      { mode: 0o600 },
    );
  const lines = readFileSync(join(folder, 'tokens.csv'), 'utf8').split('\n');
  for (const line of lines.filter(Boolean)) {
    const [token, , name] = line.split(',');
    const outside = name === 'admin' || name === 'harness';
    const server = outside ? `https://127.0.0.1:${port}` : API_SERVER;
    write(name, { name, token, server });
    if (name === 'admin') write('inside', { name, token, server: API_SERVER });
  }
}

/** Makes what is not there yet. */
export function makeCertificates(settings) {
  const folder = join(settings.state, 'pki');
  if (!existsSync(folder)) {
    // Whole or not at all: half an authority would be taken for one.
    const begun = `${folder}.new`;
    rmSync(begun, { recursive: true, force: true });
    mkdirSync(begun, { recursive: true, mode: 0o700 });
    makeAuthority(begun);
    renameSync(begun, folder);
  }
  writeKubeconfigs(settings, folder);
}

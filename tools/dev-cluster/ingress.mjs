// The front of a cluster: haproxy, and the controller that tells it where calls go.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { root } from '../toolchain.mjs';
import { inside } from './commands.mjs';
import { startDaemon, untilSo } from './daemons.mjs';
import { gatewayDefinitions } from './gatewayDefinitions.mjs';
import { Haproxy } from './ingress/haproxy.mjs';
import { CLASS, CONTROLLER, GATEWAY } from './ingress/names.mjs';
import { renderHaproxy } from './ingress/render.mjs';
import { directoryOf } from './ingress/servers.mjs';
import { Slots } from './ingress/slots.mjs';
import { INGRESS_NAMESPACE } from './policies/standIns.mjs';

const RUN = join(root, 'tools/dev-cluster/ingress/controller.mjs');
const GATEWAY_API = '/apis/gateway.networking.k8s.io/v1';
const CERTIFICATE = 'dev-cluster';

function answers(port) {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}

/** Not inside of the cluster's network: it listens on this machine's loopback, and reaches into the network for each connection. */
async function startHaproxy(settings) {
  const haproxy = new Haproxy(settings);
  // What the controller wrote is still true.
  if (!haproxy.isWritten) {
    await haproxy.update(
      renderHaproxy([], {
        directory: directoryOf([], []),
        slots: new Slots(),
        network: settings.name,
        ports: { http: settings.httpPort, https: settings.httpsPort },
        certificates: haproxy.certificateList,
      }),
      [],
    );
  }
  haproxy.start();
  await untilSo(settings, 'haproxy answers', ['haproxy'], () =>
    answers(settings.httpPort),
  );
}

async function applyDefinitions(settings, api) {
  const definitions = gatewayDefinitions(settings);
  const areKnown = async () => {
    const all = definitions.map(({ name }) =>
      api.answers(`${GATEWAY_API}/${name.split('.')[0]}`),
    );
    return (await Promise.all(all)).every(Boolean);
  };
  if (await areKnown()) return;
  await Promise.all(
    definitions.map(({ yaml }) =>
      api.create(
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        yaml,
      ),
    ),
  );
  await untilSo(settings, 'Gateways are known', ['kube-apiserver'], areKnown);
}

const within = (path, plural, name) =>
  `${path}/namespaces/${INGRESS_NAMESPACE}/${plural}/${name}`;

/** The classes, and a Gateway for routes of all namespaces. */
async function applyObjects({ state }, api) {
  const pki = file => readFileSync(join(state, 'pki', file)).toString('base64');
  const open = { namespaces: { from: 'All' } };
  await api.apply(`/apis/networking.k8s.io/v1/ingressclasses/${CLASS}`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {
      name: CLASS,
      annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
    },
    spec: { controller: CONTROLLER },
  });
  await api.apply(`${GATEWAY_API}/gatewayclasses/${CLASS}`, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: CLASS },
    spec: { controllerName: CONTROLLER },
  });
  await api.apply(`/api/v1/namespaces/${INGRESS_NAMESPACE}`, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: INGRESS_NAMESPACE },
  });
  await api.apply(within('/api/v1', 'secrets', CERTIFICATE), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: CERTIFICATE },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': pki('ingress.crt'), 'tls.key': pki('ingress.key') },
  });
  await api.apply(within(GATEWAY_API, 'gateways', GATEWAY), {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: GATEWAY },
    spec: {
      gatewayClassName: CLASS,
      listeners: [
        { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes: open },
        {
          name: 'https',
          protocol: 'HTTPS',
          port: 443,
          allowedRoutes: open,
          tls: { certificateRefs: [{ name: CERTIFICATE }] },
        },
      ],
    },
  });
}

export async function startIngress(settings, api) {
  await startHaproxy(settings);
  await applyDefinitions(settings, api);
  await applyObjects(settings, api);
  startDaemon(
    settings,
    'ingress',
    inside(settings, [
      process.execPath,
      RUN,
      settings.name,
      String(settings.port),
    ]),
  );
}

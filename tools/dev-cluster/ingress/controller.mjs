// Leads calls from outside to pods: watches Ingresses, HTTPRoutes and GRPCRoutes and what they need, and keeps the configuration of
// haproxy and the status of those objects.
//   node tools/dev-cluster/ingress/controller.mjs NAME PORT     (started by `cluster.mjs up`, inside of the cluster's network)
import { join } from 'node:path';
import { apiClient } from '../apiClient.mjs';
import { clusterSettings } from '../settings.mjs';
import { coalesce, watchAll } from '../watch.mjs';
import { attachments, gatewaysOfOurs } from './attachment.mjs';

import { gatewayCertificates, gatewayRoutes } from './gatewayRoutes.mjs';
import { Haproxy } from './haproxy.mjs';
import {
  ingressCertificates,
  ingressRoutes,
  isOurs,
} from './ingressRoutes.mjs';
import { CONTROLLER } from './names.mjs';
import { renderHaproxy } from './render.mjs';
import { areResolved, directoryOf } from './servers.mjs';
import { Slots } from './slots.mjs';
import {
  gatewayClassStatus,
  gatewayStatus,
  ingressStatus,
  routeStatus,
} from './status.mjs';

const GATEWAY_API = '/apis/gateway.networking.k8s.io/v1';
const INGRESS_API = '/apis/networking.k8s.io/v1';

const [name, port] = process.argv.slice(2);
const settings = clusterSettings({ name, port });
const api = apiClient(join(settings.state, 'ingress.kubeconfig'));
const haproxy = new Haproxy(settings);
const slots = new Slots();

// Callers do not wait for what is only told.
const lead = coalesce(applyRoutes);
const tell = coalesce(writeStatuses);
function changed() {
  if (!Object.values(watched).every(({ isListed }) => isListed)) return;
  lead();
  tell();
}
const watched = Object.fromEntries(
  Object.entries({
    ingresses: `${INGRESS_API}/ingresses`,
    services: '/api/v1/services',
    slices: '/apis/discovery.k8s.io/v1/endpointslices',
    namespaces: '/api/v1/namespaces',
    secrets: '/api/v1/secrets?fieldSelector=type=kubernetes.io/tls',
    gatewayClasses: `${GATEWAY_API}/gatewayclasses`,
    gateways: `${GATEWAY_API}/gateways`,
    httpRoutes: `${GATEWAY_API}/httproutes`,
    grpcRoutes: `${GATEWAY_API}/grpcroutes`,
  }).map(([kind, path]) => [kind, watchAll(api, path, changed)]),
);

/** Lists do not name the kind of what they hold. */
const kinded = (kind, objects) => objects.map(each => ({ ...each, kind }));

function collect() {
  const { ingresses, services, slices, namespaces, gateways } = watched;
  const routeObjects = [
    ...kinded('HTTPRoute', watched.httpRoutes.objects),
    ...kinded('GRPCRoute', watched.grpcRoutes.objects),
  ];
  return {
    routeObjects,
    ingresses: ingresses.objects,
    gateways: gatewaysOfOurs(gateways.objects),
    directory: directoryOf(services.objects, slices.objects),
    namespaces: new Map(
      namespaces.objects.map(({ metadata }) => [
        metadata.name,
        metadata.labels ?? {},
      ]),
    ),
  };
}

function secretsOf({ ingresses, gateways }) {
  const wanted = [
    ...ingressCertificates(ingresses),
    ...gatewayCertificates(gateways),
  ];
  return watched.secrets.objects.filter(({ metadata }) =>
    wanted.some(
      each =>
        each.namespace === metadata.namespace && each.name === metadata.name,
    ),
  );
}

const routesOf = ({ ingresses, routeObjects, gateways, namespaces }) => [
  ...ingressRoutes(ingresses),
  ...gatewayRoutes(routeObjects, gateways, namespaces),
];

async function applyRoutes() {
  const world = collect();
  const routes = routesOf(world);
  const news = await haproxy.update(
    renderHaproxy(routes, {
      slots,
      directory: world.directory,
      network: settings.name,
      ports: { http: settings.httpPort, https: settings.httpsPort },
      certificates: haproxy.certificateList,
    }),
    secretsOf(world),
  );
  if (news !== 'nothing') {
    process.stdout.write(
      `${new Date().toISOString()} ${routes.length} routes, new: ${news}\n`,
    );
  }
}

/** How many routes each listener of a Gateway takes. */
function attachedTo(gateway, { routeObjects, gateways, namespaces }) {
  const counts = new Map();
  for (const route of routeObjects) {
    const names = attachments(route, gateways, namespaces)
      .filter(each => each.gateway === gateway)
      .flatMap(each => each.listeners);
    for (const listener of new Set(names)) {
      counts.set(listener, (counts.get(listener) ?? 0) + 1);
    }
  }
  return counts;
}

async function writeStatuses() {
  const world = collect();
  const routes = routesOf(world);
  const { routeObjects, gateways } = world;
  const write = async (object, path, status) => {
    if (!status) return;
    const { namespace, name: own } = object.metadata;
    const [root, plural] = path;
    const within = namespace ? `/namespaces/${namespace}` : '';
    await api
      .merge(`${root}${within}/${plural}/${own}/status`, { status })
      .catch(error => {
        // It is gone, which is told as well.
        if (error.status !== 404) throw error;
      });
  };
  for (const each of watched.gatewayClasses.objects) {
    if (each.spec.controllerName !== CONTROLLER) continue;
    const path = [GATEWAY_API, 'gatewayclasses'];
    await write(each, path, gatewayClassStatus(each));
  }
  for (const each of gateways) {
    const attached = attachedTo(each, world);
    await write(each, [GATEWAY_API, 'gateways'], gatewayStatus(each, attached));
  }
  for (const each of world.ingresses.filter(isOurs)) {
    await write(each, [INGRESS_API, 'ingresses'], ingressStatus(each));
  }
  for (const each of routeObjects) {
    const { namespace, name: own } = each.metadata;
    const prefix = `${each.kind.toLowerCase()}:${namespace}:${own}:`;
    const isResolved = routes
      .filter(({ key }) => key.startsWith(prefix))
      .every(one => areResolved(one, world.directory));
    const status = routeStatus(each, { ...world, isResolved });
    const plural = `${each.kind.toLowerCase()}s`;
    await write(each, [GATEWAY_API, plural], status);
  }
}

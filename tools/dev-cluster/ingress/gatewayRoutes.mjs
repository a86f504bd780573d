// HTTPRoute and GRPCRoute objects as routes. Pure.
import { attachments } from './attachment.mjs';

const PATH_TYPES = {
  Exact: 'Exact',
  PathPrefix: 'Prefix',
  RegularExpression: 'Regex',
};
const EVERYTHING = { type: 'Prefix', value: '/' };
const FILTERS = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
];

const headersOf = ({ headers = [] }) =>
  headers.map(({ name, value, type = 'Exact' }) => ({ name, value, type }));

const MATCHES = {
  HTTPRoute: match => ({
    path: match.path
      ? {
          type: PATH_TYPES[match.path.type ?? 'PathPrefix'],
          value: match.path.value ?? '/',
        }
      : EVERYTHING,
    method: match.method,
    headers: headersOf(match),
    query: (match.queryParams ?? []).map(({ name, value, type = 'Exact' }) => ({
      name,
      value,
      type,
    })),
  }),

  GRPCRoute: match => ({
    path: grpcPath(match.method),
    headers: headersOf(match),
  }),
};

/** A method of gRPC is a path of HTTP. */
function grpcPath({ type = 'Exact', service, method } = {}) {
  if (!service && !method) return EVERYTHING;
  if (type === 'Exact' && service && method) {
    return { type: 'Exact', value: `/${service}/${method}` };
  }
  if (type === 'Exact' && service)
    return { type: 'Prefix', value: `/${service}` };
  return {
    type: 'Regex',
    value: `/${service || '[^/]+'}/${method || '[^/]+'}`,
  };
}

/** @returns filters that this front does not know */
export function unknownFilters({ spec }) {
  return (spec.rules ?? [])
    .flatMap(({ filters = [] }) => filters)
    .map(({ type }) => type)
    .filter(type => !FILTERS.includes(type));
}

function settingsOf({ filters = [], timeouts = {} }) {
  const find = type => filters.find(filter => filter.type === type);
  return {
    requestHeaders: find('RequestHeaderModifier')?.requestHeaderModifier,
    responseHeaders: find('ResponseHeaderModifier')?.responseHeaderModifier,
    redirect: find('RequestRedirect')?.requestRedirect,
    timeout: timeouts.request ?? timeouts.backendRequest,
  };
}

const backendsOf = ({ backendRefs = [] }, route) =>
  backendRefs
    .filter(({ kind = 'Service', group = '' }) => kind === 'Service' && !group)
    .map(
      ({ namespace = route.metadata.namespace, name, port, weight = 1 }) => ({
        namespace,
        name,
        port,
        weight,
        h2: route.kind === 'GRPCRoute',
      }),
    );

/**
 * @param objects - HTTPRoutes and GRPCRoutes, with their kind
 * @returns routes of render.mjs
 */
export function gatewayRoutes(objects, gateways, namespaces) {
  return objects.flatMap(route => {
    const { namespace, name } = route.metadata;
    if (unknownFilters(route).length > 0) return [];
    const hosts = new Set(
      attachments(route, gateways, namespaces).flatMap(each => each.hosts),
    );
    return (route.spec.rules ?? []).flatMap((rule, index) => {
      const common = {
        key: `${route.kind.toLowerCase()}:${namespace}:${name}:${index}`,
        backends: backendsOf(rule, route),
        ...settingsOf(rule),
      };
      const all = rule.matches?.length ? rule.matches : [{}];
      return [...hosts].flatMap(host =>
        all.map(match => ({ ...common, host, ...MATCHES[route.kind](match) })),
      );
    });
  });
}

/** @returns `[{ namespace, name }]` of secrets with certificates */
export function gatewayCertificates(gateways) {
  return gateways.flatMap(({ metadata, spec }) =>
    spec.listeners
      .flatMap(({ tls }) => tls?.certificateRefs ?? [])
      .map(({ namespace = metadata.namespace, name }) => ({ namespace, name })),
  );
}

// Which routes a Gateway takes. Pure.
import { matches } from '../policies/selectors.mjs';
import { CLASS } from './names.mjs';

const GROUP = 'gateway.networking.k8s.io';

export const gatewaysOfOurs = gateways =>
  gateways.filter(({ spec }) => spec.gatewayClassName === CLASS);

const isWithin = (host, suffix) => host.endsWith(suffix);

/** @returns the hosts that both mean */
function commonHosts(hostnames, hostname) {
  const own = hostnames?.length ? hostnames : ['*'];
  if (hostname === undefined) return own;
  return own.flatMap(host => {
    if (host === '*' || host === hostname) return [hostname];
    if (hostname.startsWith('*.') && isWithin(host, hostname.slice(1))) {
      return [host];
    }
    if (host.startsWith('*.') && isWithin(hostname, host.slice(1))) {
      return [hostname];
    }
    return [];
  });
}

function takesNamespace({ allowedRoutes }, gateway, namespace, namespaces) {
  const { from = 'Same', selector = {} } = allowedRoutes?.namespaces ?? {};
  if (from === 'All') return true;
  if (from === 'Selector') {
    return matches(selector, namespaces.get(namespace) ?? {});
  }
  return from === 'Same' && gateway.metadata.namespace === namespace;
}

function takesKind({ allowedRoutes }, kind) {
  const kinds = allowedRoutes?.kinds;
  return !kinds?.length || kinds.some(each => each.kind === kind);
}

/**
 * @param gateways - of our class
 * @param namespaces - Map of name → labels
 * @returns `[{ reference, gateway, listeners, hosts, reason }]` per parent that is a Gateway of ours; reason `Accepted` or why not
 */
export function attachments(route, gateways, namespaces) {
  const { metadata, spec } = route;
  return (spec.parentRefs ?? []).flatMap(reference => {
    const {
      group = GROUP,
      kind = 'Gateway',
      namespace = metadata.namespace,
      name,
      sectionName,
      port,
    } = reference;
    const gateway =
      group === GROUP &&
      kind === 'Gateway' &&
      gateways.find(
        each =>
          each.metadata.namespace === namespace && each.metadata.name === name,
      );
    if (!gateway) return [];
    const meant = gateway.spec.listeners.filter(
      listener =>
        (sectionName === undefined || listener.name === sectionName) &&
        (port === undefined || listener.port === port),
    );
    const allowing = meant.filter(
      listener =>
        takesNamespace(listener, gateway, metadata.namespace, namespaces) &&
        takesKind(listener, route.kind),
    );
    const listeners = allowing.filter(
      ({ hostname }) => commonHosts(spec.hostnames, hostname).length > 0,
    );
    const hosts = listeners.flatMap(({ hostname }) =>
      commonHosts(spec.hostnames, hostname),
    );
    return [
      {
        reference,
        gateway,
        listeners: listeners.map(listener => listener.name),
        hosts: [...new Set(hosts)],
        reason: reasonOf({ meant, allowing, listeners }),
      },
    ];
  });
}

function reasonOf({ meant, allowing, listeners }) {
  if (meant.length === 0) return 'NoMatchingParent';
  if (allowing.length === 0) return 'NotAllowedByListeners';
  return listeners.length === 0 ? 'NoMatchingListenerHostname' : 'Accepted';
}

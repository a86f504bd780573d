// What Ingresses, Gateways and routes are told about themselves. Pure.
import { isDeepStrictEqual } from 'node:util';
import { attachments } from './attachment.mjs';
import { unknownFilters } from './gatewayRoutes.mjs';
import { ADDRESS, CONTROLLER } from './names.mjs';

/** The moment of a condition stays while it holds. */
function condition(before, { metadata }, type, reason, message = '') {
  const next = {
    type,
    status: reason === type ? 'True' : 'False',
    reason,
    message,
    observedGeneration: metadata.generation,
  };
  const found = before?.find(each => each.type === type);
  return {
    ...next,
    lastTransitionTime:
      found?.status === next.status
        ? found.lastTransitionTime
        : new Date().toISOString().replace(/\.\d+/, ''),
  };
}

/** @returns the status to write; undefined where it is there */
function changed(object, status) {
  const same = Object.entries(status).every(([key, value]) =>
    isDeepStrictEqual(object.status?.[key], value),
  );
  return same ? undefined : status;
}

export function ingressStatus(ingress) {
  return changed(ingress, { loadBalancer: { ingress: [{ ip: ADDRESS }] } });
}

export function gatewayClassStatus(gatewayClass) {
  const before = gatewayClass.status?.conditions;
  return changed(gatewayClass, {
    conditions: [condition(before, gatewayClass, 'Accepted', 'Accepted')],
  });
}

/** @param attached - Map of listener name → how many routes it takes */
export function gatewayStatus(gateway, attached) {
  const { conditions, listeners = [] } = gateway.status ?? {};
  return changed(gateway, {
    addresses: [{ type: 'IPAddress', value: ADDRESS }],
    conditions: ['Accepted', 'Programmed'].map(type =>
      condition(conditions, gateway, type, type),
    ),
    listeners: gateway.spec.listeners.map(({ name }) => {
      const before = listeners.find(each => each.name === name)?.conditions;
      return {
        name,
        supportedKinds: ['HTTPRoute', 'GRPCRoute'].map(kind => ({
          group: 'gateway.networking.k8s.io',
          kind,
        })),
        attachedRoutes: attached.get(name) ?? 0,
        conditions: ['Accepted', 'Programmed', 'ResolvedRefs'].map(type =>
          condition(before, gateway, type, type),
        ),
      };
    }),
  });
}

function isOf(reference) {
  return each =>
    each.controllerName === CONTROLLER &&
    isDeepStrictEqual(each.parentRef, reference);
}

/** @param isResolved - whether all Services of the route are there */
export function routeStatus(route, { gateways, namespaces, isResolved }) {
  const before = route.status?.parents ?? [];
  const unknown = unknownFilters(route);
  const own = attachments(route, gateways, namespaces).map(
    ({ reference, reason }) => {
      const known = before.find(isOf(reference))?.conditions;
      return {
        parentRef: reference,
        controllerName: CONTROLLER,
        conditions: [
          unknown.length > 0
            ? condition(
                known,
                route,
                'Accepted',
                'UnsupportedValue',
                `Filters that are not known here: ${unknown.join(', ')}`,
              )
            : condition(known, route, 'Accepted', reason),
          condition(
            known,
            route,
            'ResolvedRefs',
            isResolved ? 'ResolvedRefs' : 'BackendNotFound',
          ),
        ],
      };
    },
  );
  const others = before.filter(each => each.controllerName !== CONTROLLER);
  return changed(route, { parents: [...others, ...own] });
}

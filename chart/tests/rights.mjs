// Which rights the chart gives, and which of them an account has used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART } from './renders.mjs';

/** `{ apiGroup, resource, when?, clusterWide, restricted, why }` for each resource: the one source of roles, policy, and docs/rbac.md. */
export const RULES = JSON.parse(
  readFileSync(join(CHART, 'files/rbac.json'), 'utf8'),
);

const nameOf = (apiGroup, resource) =>
  apiGroup ? `${resource}.${apiGroup}` : resource;

/** What the rules of a mode allow, as `<verb> <resource>`, of those that hold always and on these conditions. */
export function givenRights(mode, conditions) {
  return RULES.filter(({ when }) => !when || conditions.includes(when)).flatMap(
    ({ apiGroup, resource, [mode]: verbs }) =>
      verbs.map(verb => `${verb} ${nameOf(apiGroup, resource)}`),
  );
}

/** An apply that makes an object asks for both verbs. */
function verbsOf({ verb, responseStatus }) {
  return verb === 'patch' && responseStatus?.code === 201
    ? ['patch', 'create']
    : [verb];
}

/**
 * What an account did, by the audit log of an API server.
 *
 * @param log - a JSON line for each request
 * @returns `used`: rights, as {@link givenRights} writes them; `denied`: requests that were not allowed
 */
export function usedRights(log, user) {
  const used = new Set();
  const denied = new Set();
  for (const line of log.split('\n')) {
    // The last one may be half written.
    if (!line.endsWith('}')) continue;
    const event = JSON.parse(line);
    const { objectRef, annotations = {} } = event;
    if (event.user.username !== user || !objectRef) continue;
    const { resource, subresource, apiGroup } = objectRef;
    const whole = [resource, subresource].filter(Boolean).join('/');
    const rights = verbsOf(event).map(
      verb => `${verb} ${nameOf(apiGroup, whole)}`,
    );
    const isDenied =
      annotations['authorization.k8s.io/decision'] === 'forbid' ||
      event.responseStatus?.code === 403;
    rights.forEach(right => (isDenied ? denied : used).add(right));
  }
  return { used, denied };
}

import type {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import { RESOURCE_TYPE_KONSTELLATION_RUNTIME } from '@konstellation/backstage-plugin-konstellation-common';
import type { Caller } from '../../../services/types';
import { may, PEOPLE, type Person } from '../spec/people';

const people = new Map<BackstageCredentials, Person>();

function callerOf(person: Person): Caller {
  const actor = PEOPLE[person];
  const credentials = actor.startsWith('service:')
    ? mockCredentials.service(actor.slice('service:'.length))
    : mockCredentials.user(actor);
  people.set(credentials, person);
  return { actor, credentials };
}

/** The people as the service sees them. */
export const CALLERS: Record<Person, Caller> = {
  olga: callerOf('olga'),
  max: callerOf('max'),
  vera: callerOf('vera'),
  pat: callerOf('pat'),
  ci: callerOf('ci'),
};

function decide(
  permission: string,
  credentials: BackstageCredentials,
): PolicyDecision {
  const person = people.get(credentials);
  if (!person) return { result: AuthorizeResult.DENY };
  if (may(person, permission)) return { result: AuthorizeResult.ALLOW };
  const actor = PEOPLE[person];
  if (!may(person, permission, actor)) return { result: AuthorizeResult.DENY };
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'konstellation',
    resourceType: RESOURCE_TYPE_KONSTELLATION_RUNTIME,
    conditions: {
      rule: 'IS_RUNTIME_OWNER',
      resourceType: RESOURCE_TYPE_KONSTELLATION_RUNTIME,
      params: { claims: [actor] },
    },
  };
}

/** A policy that lets people do what they may. */
export const permissionsOfPeople: PermissionsService = {
  async authorize(requests, { credentials }) {
    return requests.map(({ permission }) => ({
      result: may(people.get(credentials) ?? 'vera', permission.name)
        ? AuthorizeResult.ALLOW
        : AuthorizeResult.DENY,
    }));
  },
  async authorizeConditional(requests, { credentials }) {
    return requests.map(({ permission }) =>
      decide(permission.name, credentials),
    );
  },
};

import { mockCredentials } from '@backstage/backend-test-utils';

/** Groups of the users there are. */
export const USERS: Record<string, string[]> = {
  'user:default/vera': ['group:default/konstellation-viewers'],
  'user:default/max': [
    'group:default/konstellation-managers',
    'group:default/ml',
  ],
  'user:default/mia': [
    'group:default/konstellation-managers',
    'group:default/strangers',
  ],
  'user:default/ada': ['group:default/konstellation-admins'],
  'user:default/nobody': ['group:default/ml'],
};

/** Of the configuration. */
export const SERVICE_ROLES = {
  'external:ci-viewer': 'viewer',
  'external:ci-manager': 'manager',
  'external:ci-admin': 'admin',
};

/** Who owns what belongs to none of the callers. */
export const STRANGERS = 'group:default/strangers';

function user(name: string): string {
  return mockCredentials.user.header(`user:default/${name}`);
}

function service(subject: string): string {
  return mockCredentials.service.header({
    onBehalfOf: mockCredentials.service(subject),
    targetPluginId: 'konstellation',
  });
}

/** May do everything: prepares what the others are tried on. */
export const ADMIN = user('ada');

/** Manages the runtimes of strangers. */
export const OTHER_MANAGER = user('mia');

/** The header of somebody who is not signed in. */
export const SIGNED_OUT = mockCredentials.none.header();

/** A column of the tables in docs/permissions.md. */
export interface Column {
  title: string;
  authorization: string;
  /** Owners of the runtimes it is tried on. */
  owners: string[];
}

export const COLUMNS: Column[] = [
  {
    title: 'viewer',
    authorization: user('vera'),
    owners: ['user:default/vera', STRANGERS],
  },
  {
    title: 'manager, own',
    authorization: user('max'),
    owners: ['group:default/ml', 'user:default/max'],
  },
  {
    title: 'manager, other',
    authorization: user('max'),
    owners: [STRANGERS],
  },
  {
    title: 'admin',
    authorization: ADMIN,
    owners: ['user:default/ada', STRANGERS],
  },
  {
    title: 'no role',
    authorization: user('nobody'),
    owners: ['user:default/nobody', 'group:default/ml', STRANGERS],
  },
  ...['viewer', 'manager', 'admin'].map(role => ({
    title: `service ${role}`,
    authorization: service(`external:ci-${role}`),
    owners: [`service:external:ci-${role}`, STRANGERS],
  })),
  ...['plugin:catalog', 'plugin:search'].map(subject => ({
    title: 'service links',
    authorization: service(subject),
    owners: [`service:${subject}`, STRANGERS],
  })),
  {
    title: 'service without',
    authorization: service('external:stranger'),
    owners: ['service:external:stranger', STRANGERS],
  },
];

// Values that are refused, over those of `values/minimal.yaml`, and what is said then.
const POSTGRESQL = {
  client: 'postgresql',
  postgresql: {
    host: 'postgresql',
    user: 'backstage',
    existingSecret: 'postgresql',
  },
};

const OIDC = {
  metadataUrl: 'https://login.example.com/.well-known/openid-configuration',
  clientId: 'konstellation',
  clientSecret: '${OIDC_CLIENT_SECRET}',
};

export const REFUSALS = {
  'no registry of images': [
    { 'image.registry': '' },
    'image-registry-missing: image.registry is not set. Name the registry',
  ],
  'no address of the portal': [
    { 'portal.url': '' },
    'portal-url-missing: portal.url is not set. Say where people will reach',
  ],
  'an address with a path': [
    { 'portal.url': 'https://example.com/portal' },
    "at '/portal/url': 'https://example.com/portal' does not match pattern",
  ],
  'no domain of solutions': [
    { 'runtimes.ingress.domain': '' },
    'domain-missing: runtimes.ingress.domain is not set.',
  ],
  'nobody who could sign in': [
    { 'auth.allowGuest': false },
    'auth-missing: nobody could sign in. Set auth.providers.oidc',
  ],
  'guests that nobody said are wanted': [
    { 'auth.allowGuest': false, 'auth.providers': { guest: {} } },
    'guest-provider: guests are not let in by naming the provider.',
  ],
  'guests by the configuration': [
    { appConfig: { auth: { providers: { guest: {} } } } },
    'guest-provider: guests are not let in by naming the provider.',
  ],
  'a provider that the image does not have': [
    { 'auth.providers': { github: {}, gitlab: {} } },
    'provider-not-in-image: auth.providers names github, gitlab, and the image of this project signs people in with oidc alone.',
  ],
  'a provider that the image does not have, by the configuration': [
    { appConfig: { auth: { providers: { github: {} } } } },
    'provider-not-in-image: auth.providers names github,',
  ],
  'OpenID Connect without a secret': [
    {
      'auth.providers': { oidc: { production: { ...OIDC, clientSecret: '' } } },
    },
    'oidc-incomplete: auth.providers.oidc.production.clientSecret is not set.',
  ],
  'OpenID Connect that does not say who people are': [
    { 'auth.providers': { oidc: { production: OIDC } } },
    'oidc-incomplete: auth.providers.oidc.production.signIn is not set. It needs metadataUrl, clientId, clientSecret, and signIn',
  ],
  'OpenID Connect of another environment': [
    { 'auth.providers': { oidc: { development: OIDC } } },
    'oidc-incomplete: auth.providers.oidc.production.metadataUrl is not set.',
  ],
  'roles that nobody asks for': [
    {
      'auth.roles': { admin: ['user:default/ana'] },
      'appConfig.permission.enabled': false,
    },
    'roles-not-asked: there are roles, and appConfig.permission.enabled is false',
  ],
  'a role that is not known': [
    { 'auth.roles': { owner: ['user:default/ana'] } },
    "at '/auth/roles': additional properties 'owner' not allowed",
  ],
  'a role of somebody who is no entity': [
    { 'auth.roles': { admin: ['ana'] } },
    "at '/auth/roles/admin/0': 'ana' does not match pattern",
  ],
  'several replicas on SQLite': [
    { replicas: 2 },
    'replicas-on-sqlite: SQLite serves one replica, and replicas is 2. Set database.client=postgresql',
  ],
  'several replicas on a volume of one node': [
    { replicas: 2, database: POSTGRESQL },
    'replicas-on-one-volume: 2 replicas need packages that all of them reach. Set packages.storage=s3, or persistence.accessMode=ReadWriteMany',
  ],
  'two portals beside each other on one volume': [
    { updateStrategy: 'RollingUpdate' },
    'rolling-update-alone: updateStrategy is RollingUpdate, but two portals cannot run beside each other',
  ],
  'PostgreSQL nowhere': [
    { 'database.client': 'postgresql' },
    'postgresql-incomplete: database.postgresql.host is not set.',
  ],
  'PostgreSQL without a password': [
    {
      database: {
        client: 'postgresql',
        postgresql: { ...POSTGRESQL.postgresql, existingSecret: '' },
      },
    },
    'postgresql-incomplete: database.postgresql.existingSecret is not set. PostgreSQL needs host, user, and existingSecret',
  ],
  'S3 without a bucket': [
    { 'packages.storage': 's3' },
    's3-bucket-missing: packages.storage is s3, and packages.s3.bucket is not set',
  ],
  'an object store that pods do not find': [
    {
      'packages.storage': 's3',
      'packages.s3.bucket': 'packages',
      'packages.s3.delivery': 'presigned',
    },
    'object-store-missing: packages.s3.delivery is presigned',
  ],
  'a Secret with keys that are not named': [
    { 'encryption.existingSecret': 'keys' },
    'encryption-keys-missing: encryption.existingSecret is set',
  ],
  'keys of no Secret': [
    { 'encryption.keys': [{ id: 'a', key: 'a' }] },
    'encryption-secret-missing: encryption.keys names keys of a Secret',
  ],
  'restricted to nothing': [
    { 'runtimes.mode': 'restricted' },
    'namespaces-missing: runtimes.mode is restricted, and runtimes.namespaces is empty.',
  ],
  'a runtime in the namespace of the portal': [
    { 'runtimes.mode': 'restricted', 'runtimes.namespaces': ['portal'] },
    "namespace-of-portal: runtimes.namespaces holds portal, which is the portal's own.",
  ],
  'namespaces that are not used': [
    { 'runtimes.namespaces': ['team-a'] },
    'namespaces-unused: runtimes.namespaces is for runtimes.mode=restricted',
  ],
  'the same namespace twice': [
    { 'runtimes.mode': 'restricted', 'runtimes.namespaces': ['a', 'a'] },
    "at '/runtimes/namespaces': items at 0 and 1 are equal",
  ],
  'a route to no Gateway': [
    { 'httpRoute.enabled': true },
    'parent-missing: httpRoute.enabled is true, and httpRoute.parentRefs names no Gateway',
  ],
  'two ways in': [
    {
      httpRoute: {
        enabled: true,
        parentRefs: [{ name: 'public', namespace: 'gateways' }],
      },
      'ingress.enabled': true,
    },
    'two-ways-in: ingress.enabled and httpRoute.enabled are both true.',
  ],
  'a value that is not known': [
    { replicaCount: 2 },
    "additional properties 'replicaCount' not allowed",
  ],
  'a value of another type': [
    { replicas: 'two' },
    "at '/replicas': got string, want integer",
  ],
  'a database that is not known': [
    { 'database.client': 'mysql' },
    "at '/database/client': value must be one of 'sqlite', 'postgresql'",
  ],
  'a peer that is both address and pods': [
    { 'runtimes.network.ingress': [{ cidr: '10.0.0.0/8', podLabels: {} }] },
    "at '/runtimes/network/ingress/0'",
  ],
};

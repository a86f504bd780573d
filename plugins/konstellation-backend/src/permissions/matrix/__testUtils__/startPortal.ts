import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import permissionPlugin from '@backstage/plugin-permission-backend';
import {
  AuthorizeResult,
  type DefinitivePolicyDecision,
  type Permission,
} from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import { konstellationClusterExtensionPoint } from '@konstellation/backstage-plugin-konstellation-node';
import examplePolicy from '@konstellation/backstage-plugin-permission-backend-module-konstellation-example';
import type { Knex } from 'knex';
import konstellationPlugin from '../../..';
import { SimulatedCluster } from '../../../__testUtils__/simulation/SimulatedCluster';
import { testKrt } from '../../../__testUtils__/startApi';
import { SERVICE_ROLES, USERS } from './callers';
import { Sinks } from './Sinks';

/** The mocks of Backstage, but one plugin can ask another in the name of a user, as in a real portal. */
const auth = createServiceFactory({
  service: coreServices.auth,
  deps: { plugin: coreServices.pluginMetadata },
  factory({ plugin }) {
    const mock = mockServices.auth({ pluginId: plugin.getId() });
    const issue = mock.getPluginRequestToken.bind(mock);
    return Object.assign(mock, {
      async getPluginRequestToken(options: Parameters<typeof issue>[0]) {
        const { onBehalfOf } = options;
        if (!mock.isPrincipal(onBehalfOf, 'user')) return issue(options);
        const { userEntityRef } = onBehalfOf.principal;
        const actor = { subject: `plugin:${plugin.getId()}` };
        return { token: mockCredentials.user.token(userEntityRef, { actor }) };
      },
    });
  },
});

const userInfo = createServiceFactory({
  service: coreServices.userInfo,
  deps: { auth: coreServices.auth },
  factory: deps => ({
    async getUserInfo(credentials) {
      const userEntityRef = deps.auth.isPrincipal(credentials, 'user')
        ? credentials.principal.userEntityRef
        : '';
      const groups = USERS[userEntityRef] ?? [];
      return { userEntityRef, ownershipEntityRefs: [userEntityRef, ...groups] };
    },
  }),
});

function allBut(denied: Set<string>) {
  async function decide(queries: Array<{ permission: Permission }>) {
    return queries.map(({ permission }): DefinitivePolicyDecision => {
      const isDenied = denied.has(permission.name);
      return {
        result: isDenied ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
      };
    });
  }
  return createServiceFactory({
    service: coreServices.permissions,
    deps: {},
    factory: () => ({ authorize: decide, authorizeConditional: decide }),
  });
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export type Portal = Awaited<ReturnType<typeof startPortal>>;

/**
 * A portal with the real permission backend and the example policy, on a cluster in memory.
 *
 * @param options.directory - for its packages, its key and an example
 * @param options.knex - its database; one in memory by default
 * @param options.config - under `konstellation`
 * @param options.denied - permissions nobody has, while everybody has the others, in place of the policy
 */
export async function startPortal(options: {
  directory: string;
  knex?: Knex;
  config?: JsonObject;
  denied?: Set<string>;
}) {
  const { directory, knex, config, denied } = options;
  const example = join(directory, 'example.krt');
  await writeFile(example, await testKrt('example-v1'));
  const cluster = await SimulatedCluster.create();
  const sinks = new Sinks();
  const clusterModule = createBackendModule({
    pluginId: 'konstellation',
    moduleId: 'simulated-cluster',
    register(env) {
      env.registerInit({
        deps: { clusters: konstellationClusterExtensionPoint },
        async init({ clusters }) {
          clusters.addCluster({ name: 'simulated', client: cluster });
        },
      });
    },
  });
  const backend = await startTestBackend({
    features: [
      konstellationPlugin,
      clusterModule,
      permissionPlugin,
      examplePolicy,
      auth,
      userInfo,
      ...sinks.features(),
      ...(denied ? [allBut(denied)] : []),
      ...(knex ? [mockServices.database.factory({ knex })] : []),
      mockServices.rootConfig.factory({
        data: {
          backend: {
            database: { client: 'better-sqlite3', connection: ':memory:' },
          },
          permission: { enabled: true },
          konstellation: {
            packages: { directory: join(directory, 'packages') },
            encryption: { file: join(directory, 'key', 'key.json') },
            publications: { drain: { milliseconds: 50 } },
            serviceRoles: SERVICE_ROLES,
            example: { package: example, runtime: 'example', name: 'Example' },
            ...config,
          },
        },
      }),
    ],
  });
  const base = `http://127.0.0.1:${backend.server.port()}/api/konstellation`;
  return {
    cluster,
    sinks,
    async send(
      path: string,
      init: RequestInit & { authorization: string },
    ): Promise<Answer> {
      const { authorization, ...rest } = init;
      const headers = new Headers(rest.headers);
      headers.set('authorization', authorization);
      const response = await fetch(`${base}${path}`, { ...rest, headers });
      return {
        status: response.status,
        headers: response.headers,
        text: await response.text(),
      };
    },
    async stop() {
      await backend.stop();
      await cluster.shutDown();
    },
  };
}

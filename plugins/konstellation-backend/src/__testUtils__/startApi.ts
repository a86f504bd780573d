import { join } from 'node:path';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import { packKrt, type PackEntry } from '@konstellation/krt';
import {
  konstellationClusterExtensionPoint,
  type ClusterClient,
} from '@konstellation/backstage-plugin-konstellation-node';
import request from 'supertest';
import konstellationPlugin from '..';

/** A cluster on which nothing ever gets ready: what the API says does not depend on more. */
function idleCluster(): ClusterClient {
  return {
    front: async () => ({ protocol: 'http', domain: 'localhost', port: 7080 }),
    apply: async objects =>
      objects.map(object => ({
        ...object,
        metadata: { ...object.metadata, uid: object.metadata.name },
      })),
    delete: async () => undefined,
    get: async () => undefined,
    list: async () => [],
    watch: () => ({ close: () => undefined }),
    async *logs() {
      // Nothing runs.
    },
    address: async () => undefined,
    metrics: async () => undefined,
    close: async () => undefined,
  };
}

function clusterModule(client: ClusterClient) {
  return createBackendModule({
    pluginId: 'konstellation',
    moduleId: 'test-cluster',
    register(env) {
      env.registerInit({
        deps: { clusters: konstellationClusterExtensionPoint },
        async init({ clusters }) {
          clusters.addCluster({ name: 'test', client });
        },
      });
    },
  });
}

/** A backend with the plugin alone, on a port of its own. */
export async function startApi(options: {
  /** Folder of the packages. */
  directory: string;
  /** Folder of the database; in memory by default. */
  database?: string;
  allowed?: boolean;
  packages?: JsonObject;
  /** More of the configuration of the plugin. */
  config?: JsonObject;
  cluster?: ClusterClient;
}) {
  const { directory, database, allowed = true, packages = {} } = options;
  const backend = await startTestBackend({
    features: [
      konstellationPlugin,
      clusterModule(options.cluster ?? idleCluster()),
      mockServices.permissions.factory({
        result: allowed ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
      }),
      mockServices.rootConfig.factory({
        data: {
          backend: {
            database: {
              client: 'better-sqlite3',
              connection: database ? { directory: database } : ':memory:',
            },
          },
          konstellation: {
            packages: { directory, ...packages },
            encryption: { file: join(directory, 'encryption-key.json') },
            ...options.config,
          },
        },
      }),
    ],
  });
  return {
    api: request.agent(backend.server),
    url: `http://127.0.0.1:${backend.server.port()}/api/konstellation`,
    stop: () => backend.stop(),
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a package of the tests says of itself. */
export interface TestKrtOptions {
  description?: string;
  /** Keys it declares; by default `CURRENCY` alone. */
  variables?: readonly string[];
  files?: readonly string[];
}

/** A package that is fine, with one workflow of one node, `model`. */
export async function testKrt(
  version: string,
  more: readonly PackEntry[] = [],
  options: TestKrtOptions = {},
): Promise<Buffer> {
  const {
    description = 'Estimates prices',
    variables = ['CURRENCY'],
    files = [],
  } = options;
  const packed = await packKrt([
    {
      path: 'krt.yml',
      content: bytes(`version: ${version}
description: ${description}
entrypoint:
  proto: public_input.proto
  image: konstellation/kre-entrypoint:1.0.0
config:
  variables: [${variables.join(', ')}]
  files: [${files.join(', ')}]
nodes:
  - name: model
    image: konstellation/kre-py:1.22.0
    src: src/model.py
workflows:
  - name: price
    entrypoint: Estimate
    sequential: [model]
`),
    },
    {
      path: 'public_input.proto',
      content: bytes(
        'syntax = "proto3"; package price; message In { string a = 1; } message Out {} service Prices { rpc Estimate (In) returns (Out); }',
      ),
    },
    {
      path: 'src/model.py',
      content: bytes('def handler(ctx, data): return {}'),
    },
    { path: 'docs/README.md', content: bytes('# Prices') },
    ...more,
  ]);
  return Buffer.from(packed);
}

import { mockServices } from '@backstage/backend-test-utils';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { until } from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import type { Secret } from 'kubernetes-types/core/v1';
import { ApiServer } from '../ApiServer';
import { Connection } from '../connect';
import { KubernetesClusterClient } from '../KubernetesClusterClient';

/** Image of the contract's server, which `npm run test:cluster` brings into the cluster. */
export const SERVER_IMAGE = 'localhost/test/server:1';

export interface RealServer {
  url: string;
  serviceAccountToken: string;
  /** Base64. */
  caData?: string;
}

/**
 * The cluster of KUBECONFIG, as the portal meets it from outside.
 * @param server - another one instead, or another account
 */
export function connectRealCluster(
  server?: RealServer,
  more: { namespaces?: string[]; logger?: LoggerService } = {},
): Promise<KubernetesClusterClient> {
  return KubernetesClusterClient.create({
    name: 'real',
    authentication: server
      ? { type: 'server', ...server }
      : { type: 'kubeconfig' },
    reach: 'apiServer',
    front: { protocol: 'http', domain: 'localhost' },
    network: {},
    logger: mockServices.logger.mock(),
    ...more,
  });
}

/** A namespace of its own for a test. */
export function namespaceObject(
  name: string,
  labels: Record<string, string> = {},
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** The administrator of the cluster of KUBECONFIG, also for kinds the portal has nothing to do with. */
export class RealAdministrator {
  private constructor(
    readonly client: KubernetesClusterClient,
    private readonly api: ApiServer,
  ) {}

  static async connect(): Promise<RealAdministrator> {
    const authentication = { type: 'kubeconfig' } as const;
    return new RealAdministrator(
      await connectRealCluster(),
      new ApiServer(await Connection.create('real', authentication)),
    );
  }

  async apply(...objects: KubernetesObject[]): Promise<void> {
    await this.client.apply(objects, { fieldManager: 'administrator' });
  }

  /** @param path - of its collection */
  async applyAt(path: string, object: KubernetesObject): Promise<void> {
    await this.api.call({
      what: `apply ${object.kind}`,
      method: 'PATCH',
      path: `${path}/${object.metadata.name}`,
      query: { fieldManager: 'administrator', force: true },
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
  }

  async deleteAt(path: string): Promise<void> {
    await this.api.call({ what: 'delete', method: 'DELETE', path });
  }

  /** An account of its own, and how somebody is it. */
  async account(namespace: string, name: string): Promise<RealServer> {
    const secret = { apiVersion: 'v1', kind: 'Secret', namespace, name };
    await this.apply(
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace },
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: {
          name,
          namespace,
          annotations: { 'kubernetes.io/service-account.name': name },
        },
      },
    );
    return until('the account has a token', async () => {
      const { data }: Secret = (await this.client.get(secret)) as Secret;
      return data?.token
        ? {
            url: this.api.connection.server.href,
            serviceAccountToken: Buffer.from(data.token, 'base64').toString(),
            caData: data['ca.crt'],
          }
        : undefined;
    });
  }

  async close(): Promise<void> {
    this.api.close();
    await this.client.close();
  }
}

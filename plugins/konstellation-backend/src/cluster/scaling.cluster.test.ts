// Who owns the number of pods, on a real API server: `npm run test:cluster` gives it one.
import { randomBytes } from 'node:crypto';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { until } from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { connectRealCluster } from './__testUtils__/realCluster';
import type { KubernetesClusterClient } from './KubernetesClusterClient';

const APPLY = { fieldManager: 'konstellation' };
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const namespace = `kre-scaling-${randomBytes(4).toString('hex')}`;
const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
const name = 'model';

function deployment(replicas?: number): KubernetesObject {
  const labels = { app: name };
  return {
    ...DEPLOYMENT,
    metadata: { name, namespace, labels },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name, image: 'none:1', resources: { requests: { cpu: '10m' } } },
          ],
        },
      },
    },
  };
}

function autoscaler(minReplicas: number): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { ...DEPLOYMENT, name },
      minReplicas,
      maxReplicas: 9,
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'cpu',
            container: name,
            target: { type: 'Utilization', averageUtilization: 80 },
          },
        },
      ],
    },
  };
}

jest.setTimeout(60_000);

describe('the number of pods, on a real API server', () => {
  let client: KubernetesClusterClient;

  beforeAll(async () => {
    client = await connectRealCluster();
    await client.apply(
      [{ ...NAMESPACE, metadata: { name: namespace } }],
      APPLY,
    );
  });
  afterAll(async () => {
    await client.delete({ ...NAMESPACE, name: namespace });
    await client.close();
  });

  const replicas = async () => {
    const found = await client.get({ ...DEPLOYMENT, namespace, name });
    const { spec }: Deployment = (found ?? {}) as Deployment;
    return spec?.replicas;
  };

  it('stays when an autoscaler takes over, is the autoscaler’s then, and can be fixed again', async () => {
    await client.apply([deployment(3)], APPLY);
    await client.apply([deployment(), autoscaler(2)], APPLY);
    expect(await replicas()).toBe(3);

    await client.apply([autoscaler(5)], APPLY);
    await until('scaled', async () =>
      (await replicas()) === 5 ? true : undefined,
    );
    // Another portal, which remembers nothing of what was applied.
    const other = await connectRealCluster();
    await other.apply([deployment()], APPLY);
    await other.close();
    expect(await replicas()).toBe(5);

    await client.delete({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      namespace,
      name,
    });
    await client.apply([deployment(2)], APPLY);
    expect(await replicas()).toBe(2);
  }, 120_000);
});

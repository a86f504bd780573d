// What is rendered, judged by a real API server: `npm run test:cluster` gives it one.
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { connectRealCluster } from '../cluster/__testUtils__/realCluster';
import type { KubernetesClusterClient } from '../cluster/KubernetesClusterClient';
import { manifestCases } from './__testUtils__/cases';

const APPLY = { fieldManager: 'konstellation' };
const DRY = { ...APPLY, dryRun: true };
/** What has to be there for the others to be judged. */
const FIRST = ['Namespace', 'ServiceAccount'];
const GATEWAY = 'gateway.networking.k8s.io/v1';

let client: KubernetesClusterClient;

beforeAll(async () => {
  client = await connectRealCluster();
});
afterAll(async () => {
  await client.close();
});

/** Pods of the Deployments: admission judges those, and not what they are made from. */
function podsOf(objects: KubernetesObject[]): KubernetesObject[] {
  return objects
    .filter(({ kind }) => kind === 'Deployment')
    .map(object => {
      const { metadata, spec }: Deployment = object as Deployment;
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: metadata?.name ?? '',
          namespace: metadata?.namespace,
          labels: spec?.template.metadata?.labels,
        },
        spec: spec?.template.spec,
      };
    });
}

describe.each(Object.entries(manifestCases()))(
  'manifests on a real API server: %s',
  (_, { runtime, objects }) => {
    const { namespace } = runtime;

    beforeAll(async () => {
      const first = objects.filter(({ kind }) => FIRST.includes(kind));
      await client.apply(first, APPLY);
    });
    afterAll(() =>
      client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    );

    it('are taken by server-side apply', async () => {
      const rest = objects.filter(
        ({ kind, apiVersion }) =>
          !FIRST.includes(kind) && apiVersion !== GATEWAY,
      );
      const taken = await client.apply(rest, DRY);
      expect(taken.map(({ kind }) => kind)).toEqual(
        rest.map(({ kind }) => kind),
      );
    });

    it('make pods that the standard "restricted" lets in', async () => {
      const pods = podsOf(objects);
      const taken = await client.apply(pods, DRY);
      expect(taken).toHaveLength(pods.length);
    });

    it('would not let in what asks for more', async () => {
      const [pod] = podsOf(objects);
      const more = {
        ...pod,
        spec: { ...Object(pod?.spec), hostNetwork: true },
      } as KubernetesObject;
      await expect(client.apply([more], DRY)).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringContaining('violates PodSecurity'),
      });
    });
  },
);

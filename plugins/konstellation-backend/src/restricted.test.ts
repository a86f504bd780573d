import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { SimulatedCluster } from './__testUtils__/simulation/SimulatedCluster';
import { startApi, testKrt } from './__testUtils__/startApi';
import { until } from './__testUtils__/until';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
const POD_SECURITY = 'pod-security.kubernetes.io/enforce';
const base = '/api/konstellation/runtimes';

jest.setTimeout(120_000);

describe('a runtime in a namespace', () => {
  let directory: string;
  let cluster: SimulatedCluster;
  let portal: Awaited<ReturnType<typeof startApi>>;

  const start = () =>
    startApi({
      directory,
      database: directory,
      cluster: cluster.connect(),
      config: { deadlines: { start: { milliseconds: 1_000 } } },
    });

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'konstellation-restricted-'));
    cluster = await SimulatedCluster.create();
  });

  afterEach(async () => {
    await portal.stop();
    await cluster.shutDown();
    rmSync(directory, { recursive: true, force: true });
  });

  const create = (body: object = {}) =>
    portal.api
      .post(base)
      .send({ id: 'prices', name: 'Prices', ...body })
      .expect(201);
  const runtime = async (): Promise<Runtime> =>
    (await portal.api.get(`${base}/prices`)).body;
  const version = async (): Promise<Version> =>
    (await portal.api.get(`${base}/prices/versions/v1`)).body;
  const command = (verb: string) =>
    portal.api
      .post(`${base}/prices/versions/v1/${verb}`)
      .send({ comment: verb });
  const remove = () =>
    portal.api.delete(`${base}/prices?comment=away`).expect(202);
  const condition = async (type: string) =>
    (await runtime()).conditions?.find(each => each.type === type);
  const untilStatus = (status: Version['status']) =>
    until(async () => (await version()).status === status);
  const untilReason = (reason: string) =>
    until(async () => {
      const found = await condition('NamespaceReady');
      return found?.reason === reason && found;
    });
  const kinds = (namespace: string) => [
    ...new Set(
      cluster
        .refs()
        .filter(ref => ref.namespace === namespace)
        .map(({ kind }) => kind),
    ),
  ];

  async function upload() {
    await portal.api
      .post(`${base}/prices/versions`)
      .set('content-type', 'application/gzip')
      .send(await testKrt('v1'))
      .expect(201);
    await portal.api
      .put(`${base}/prices/versions/v1/configuration`)
      .send({ values: { CURRENCY: 'CAD' }, comment: 'Canada' })
      .expect(200);
  }

  describe('that stays', () => {
    beforeEach(async () => {
      cluster.restrictTo(['team-a', 'team-b']);
      portal = await start();
    });

    it('runs there and leaves what is not ours as it was', async () => {
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'of-the-owner', namespace: 'team-a' },
      };
      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'team', namespace: 'team-a' },
        spec: { hard: { pods: '10', 'limits.memory': '8Gi' } },
        status: { used: { pods: '2' } },
      };
      cluster.own(secret);
      cluster.own(quota);
      const before = cluster.applied();
      const created = await create();
      expect(created.body).toMatchObject({
        namespace: 'team-a',
        namespaceBound: true,
      });
      await untilReason('NamespaceReady');
      expect((await runtime()).namespaceQuotas).toEqual([
        {
          name: 'team',
          hard: { pods: '10', 'limits.memory': '8Gi' },
          used: { pods: '2' },
        },
      ]);
      await upload();
      await command('start').expect(202);
      await untilStatus('STARTED');
      await command('publish').expect(202);
      await untilStatus('PUBLISHED');
      expect(kinds('team-a')).not.toContain('LimitRange');
      await command('unpublish').expect(202);
      await untilStatus('STARTED');
      await command('stop').expect(202);
      await untilStatus('STOPPED');
      await remove();
      await until(async () => (await runtime()).id === undefined);
      await cluster.idle();
      expect(cluster.applied()).toEqual(before);
      // It is free again.
      expect((await create()).body.namespace).toBe('team-a');
    });

    it('is refused a start where the namespace does not keep pods apart', async () => {
      cluster.own({ ...NAMESPACE, metadata: { name: 'team-a', labels: {} } });
      await create();
      const found = await untilReason('PodSecurityNotEnforced');
      expect(found.status).toBe('False');
      expect(found.message).toContain(
        `kubectl label namespace team-a ${POD_SECURITY}=restricted --overwrite`,
      );
      await upload();
      const refused = await command('start').expect(409);
      expect(refused.body.error).toMatchObject({
        name: 'ConflictError',
        code: 'namespace-not-ready',
        message: found.message,
      });
      expect((await version()).status).toBe('CREATED');
      cluster.own({
        ...NAMESPACE,
        metadata: { name: 'team-a', labels: { [POD_SECURITY]: 'restricted' } },
      });
      // Looked at as it is now, not as it was.
      await command('start').expect(202);
      await untilStatus('STARTED');
      await untilReason('NamespaceReady');
    });

    it('fails with the reason where the label went after the command, and makes no pod', async () => {
      await create();
      await untilReason('NamespaceReady');
      await upload();
      cluster.own({ ...NAMESPACE, metadata: { name: 'team-a', labels: {} } });
      await command('start').expect(202);
      await untilStatus('ERROR');
      expect((await version()).statusMessage).toContain(
        'does not enforce the Pod Security Standard "restricted"',
      );
      expect(kinds('team-a')).not.toContain('Deployment');
    });

    it('says when network policies cannot be made', async () => {
      cluster.forbid({ kind: 'NetworkPolicy', namespace: 'team-a' });
      await create();
      const found = await untilReason('NetworkPoliciesRefused');
      expect(found.message).toContain('kubectl -n team-a create role');
      await upload();
      await command('start').expect(409);
      cluster.forbid();
      await command('start').expect(202);
      await untilStatus('STARTED');
    });

    it('says that the quota of the namespace is another', async () => {
      await create({ settings: { quota: { 'limits.memory': '8Gi' } } });
      const missing = await untilReason('QuotaMissing');
      expect(missing.message).toContain(
        'kubectl -n team-a create quota konstellation --hard=limits.memory=8Gi',
      );
      cluster.own({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'team', namespace: 'team-a' },
        spec: { hard: { 'limits.memory': '4Gi' } },
      });
      await upload();
      // It is only said: nobody is less safe.
      await command('start').expect(202);
      await untilStatus('STARTED');
      const differs = await untilReason('QuotaDiffers');
      expect(differs.message).toContain(
        'the quota "team" of the namespace "team-a" allows 4Gi',
      );
    });

    it('says when the namespace is not there', async () => {
      cluster.disown({ ...NAMESPACE, name: 'team-b' });
      await cluster.idle();
      await create({ namespace: 'team-b' });
      expect((await untilReason('NamespaceMissing')).message).toContain(
        'kubectl create namespace team-b',
      );
    });

    it('leaves a namespace alone that another portal uses', async () => {
      cluster.own({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {
          name: 'konstellation-solution',
          namespace: 'team-a',
          labels: {
            'app.kubernetes.io/managed-by': 'konstellation',
            'konstellation.io/runtime': 'prices',
            'konstellation.io/portal': 'another',
          },
        },
      });
      const before = cluster.applied();
      await create();
      await untilReason('NamespaceTaken');
      await remove();
      await until(async () => (await runtime()).id === undefined);
      expect(cluster.applied()).toEqual(before);
    });

    it('goes on being deleted after the portal ended, and says what it waits for', async () => {
      await create();
      await untilReason('NamespaceReady');
      cluster.own({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'held',
          namespace: 'team-a',
          labels: {
            'app.kubernetes.io/managed-by': 'konstellation',
            'konstellation.io/runtime': 'prices',
          },
          finalizers: ['example.com/backup'],
        },
      });
      await remove();
      await portal.stop();
      portal = await start();
      const waits = await until(async () => {
        const found = await condition('Deleting');
        return found?.reason === 'ObjectsRemaining' && found;
      });
      expect(waits.message).toContain(
        'waiting for ConfigMap held (held by the finalizer example.com/backup) to go',
      );
      // Policies and the account stay until then.
      expect(kinds('team-a')).toEqual(
        expect.arrayContaining(['NetworkPolicy', 'ServiceAccount']),
      );
      cluster.release({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'team-a',
        name: 'held',
      });
      await until(async () => (await runtime()).id === undefined);
      await cluster.idle();
      expect(kinds('team-a')).toEqual([]);
      expect(await cluster.get({ ...NAMESPACE, name: 'team-a' })).toBeDefined();
    });

    it('says that it cannot be deleted where the portal lost its rights', async () => {
      await create();
      await untilReason('NamespaceReady');
      cluster.forbid({ kind: 'ConfigMap', namespace: 'team-a' });
      await remove();
      const found = await until(async () => {
        const seen = await condition('Deleting');
        return seen?.reason === 'Retrying' && seen;
      });
      expect(found.message).toContain('the portal may not list ConfigMap');
      cluster.forbid();
      await until(async () => (await runtime()).id === undefined);
    });
  });

  describe('of its own', () => {
    beforeEach(async () => {
      portal = await start();
    });

    it('does not take over one that is there', async () => {
      cluster.own({ ...NAMESPACE, metadata: { name: 'kre-prices' } });
      const before = cluster.applied();
      await create();
      const found = await untilReason('NamespaceTaken');
      expect(found.message).toContain('was not made by this portal');
      await upload();
      await command('start').expect(409);
      await remove();
      await until(async () => (await runtime()).id === undefined);
      await cluster.idle();
      expect(cluster.applied()).toEqual(before);
    });

    it('says what its end waits for', async () => {
      await create();
      await until(() => cluster.get({ ...NAMESPACE, name: 'kre-prices' }));
      const ref = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'kre-prices',
        name: 'held',
      };
      const { namespace, name, ...kind } = ref;
      cluster.own({
        ...kind,
        metadata: { namespace, name, finalizers: ['example.com/backup'] },
      });
      await remove();
      await until(
        async () =>
          (
            await cluster.get({ ...NAMESPACE, name: 'kre-prices' })
          )?.metadata.deletionTimestamp,
      );
      cluster.setStatus(
        { ...NAMESPACE, name: 'kre-prices' },
        {
          conditions: [
            {
              type: 'NamespaceFinalizersRemaining',
              status: 'True',
              message:
                'Some content in the namespace has finalizers remaining: example.com/backup in 1 resource instances',
            },
          ],
        },
      );
      const waits = await until(async () => {
        const found = await condition('Deleting');
        return found?.reason === 'NamespaceTerminating' && found;
      });
      expect(waits.message).toContain(
        'finalizers remaining: example.com/backup in 1 resource instances',
      );
      cluster.release(ref);
      await until(async () => (await runtime()).id === undefined);
    });
  });
});

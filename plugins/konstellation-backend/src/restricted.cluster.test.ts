// Namespaces that are there for a portal, and those that are not its own, on a real API server: `npm run test:cluster` gives it one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type {
  ClusterClient,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import { until } from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import { quietLogger } from './__testUtils__/quietLogger';
import { startApi, testKrt } from './__testUtils__/startApi';
import {
  connectRealCluster,
  namespaceObject,
  RealAdministrator,
  type RealServer,
} from './cluster/__testUtils__/realCluster';
import { POD_SECURITY } from './domain/namespaceProblems';
import { MANAGED_BY } from './manifests/naming';
import { KINDS } from './reconciliation/versionObjects';

jest.setTimeout(180_000);

const RBAC = 'rbac.authorization.k8s.io';
const HOME = `portal-${process.pid}`;
const FIRST = `team-a-${process.pid}`;
const SECOND = `team-b-${process.pid}`;
const NAMESPACES = [FIRST, SECOND];
const SUBJECTS = [{ kind: 'ServiceAccount', name: 'portal', namespace: HOME }];
const pathOf = (namespace: string, plural: string) =>
  `/apis/${RBAC}/v1/namespaces/${namespace}/${plural}`;

interface Right {
  apiGroup: string;
  resource: string;
  restricted: string[];
  /** Given only then. */
  when?: string;
}

const RIGHTS: Right[] = JSON.parse(
  readFileSync(join(__dirname, '../../../chart/files/rbac.json'), 'utf8'),
);

/** What the portal may do in each of its namespaces: as docs/rbac.md says, with Ingresses and calls through the API server. */
const RULES = RIGHTS.filter(
  ({ resource, restricted, when = 'ingress' }) =>
    ['ingress', 'proxies'].includes(when) &&
    restricted.length > 0 &&
    resource !== 'namespaces',
).map(({ apiGroup, resource, restricted }) => ({
  apiGroups: [apiGroup],
  resources: [resource],
  verbs: restricted,
}));

let administrator: RealAdministrator;
let account: RealServer;

async function allow(namespace: string): Promise<void> {
  const metadata = { name: 'portal', namespace };
  await administrator.applyAt(pathOf(namespace, 'roles'), {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata,
    rules: RULES,
  });
  await administrator.applyAt(pathOf(namespace, 'rolebindings'), {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'portal' },
    subjects: SUBJECTS,
  });
}

async function allowToReadNamespaces(): Promise<void> {
  const metadata = { name: HOME };
  await administrator.applyAt(`/apis/${RBAC}/v1/clusterroles`, {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata,
    rules: [
      {
        apiGroups: [''],
        resources: ['namespaces'],
        resourceNames: NAMESPACES,
        verbs: ['get'],
      },
    ],
  });
  await administrator.applyAt(`/apis/${RBAC}/v1/clusterrolebindings`, {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: HOME },
    subjects: SUBJECTS,
  });
}

beforeAll(async () => {
  administrator = await RealAdministrator.connect();
  await administrator.apply(
    ...[HOME, ...NAMESPACES].map(name => namespaceObject(name)),
  );
  account = await administrator.account(HOME, 'portal');
  await allowToReadNamespaces();
  for (const namespace of NAMESPACES) await allow(namespace);
});

afterAll(async () => {
  for (const name of [HOME, ...NAMESPACES]) {
    await administrator.client.delete({ ...KINDS.namespace, name });
  }
  for (const plural of ['clusterroles', 'clusterrolebindings']) {
    await administrator.deleteAt(`/apis/${RBAC}/v1/${plural}/${HOME}`);
  }
  await administrator.close();
});

/** A portal on a cluster, with what a test asks of it. */
async function portalOn(cluster: ClusterClient) {
  const directory = mkdtempSync(join(tmpdir(), 'konstellation-real-'));
  const portal = await startApi({ directory, cluster });
  const base = '/api/konstellation/runtimes';
  return {
    api: portal.api,
    base,
    create: (id: string) =>
      portal.api.post(base).send({ id, name: 'Prices' }).expect(201),
    runtime: async (id: string): Promise<Runtime> =>
      (await portal.api.get(`${base}/${id}`)).body,
    remove: (id: string) =>
      portal.api.delete(`${base}/${id}?comment=away`).expect(202),
    untilGone: (id: string) =>
      until(`${id} is gone`, async () => {
        const { status } = await portal.api.get(`${base}/${id}`);
        return status === 404 || undefined;
      }),
    /** Until a condition has a reason. */
    untilReason: (id: string, type: string, reason: string) =>
      until(`${type} of ${id} is ${reason}`, async () => {
        const { body } = await portal.api.get(`${base}/${id}`);
        const found = (body as Runtime).conditions.find(
          each => each.type === type,
        );
        return found?.reason === reason ? found : undefined;
      }),
    async stop() {
      await portal.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

describe('namespaces that are there for the portal', () => {
  let portal: Awaited<ReturnType<typeof portalOn>>;

  beforeAll(async () => {
    portal = await portalOn(
      await connectRealCluster(account, { namespaces: NAMESPACES }),
    );
  });
  afterAll(() => portal.stop());

  it('are checked, used, emptied and left, with no right beyond them', async () => {
    const { client } = administrator;
    const ofOwner = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'of-the-owner', namespace: FIRST },
      data: { is: 'theirs' },
    };
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'team', namespace: FIRST },
      spec: { hard: { pods: '10' } },
    };
    await administrator.apply(ofOwner, quota);
    const created = await portal.create('prices');
    expect(created.body.namespace).toBe(FIRST);
    const found = await portal.untilReason(
      'prices',
      'NamespaceReady',
      'PodSecurityNotEnforced',
    );
    expect(found.message).toContain(`kubectl label namespace ${FIRST}`);
    expect((await portal.runtime('prices')).namespaceQuotas).toMatchObject([
      { name: 'team', hard: { pods: '10' } },
    ]);

    const version = `${portal.base}/prices/versions`;
    const untilStatus = (status: Version['status']) =>
      until(`it is ${status}`, async () => {
        const { body } = await portal.api.get(`${version}/v1`);
        return body.status === status || undefined;
      });
    const command = (verb: string) =>
      portal.api.post(`${version}/v1/${verb}`).send({ comment: verb });
    await portal.api
      .post(version)
      .set('content-type', 'application/gzip')
      .send(await testKrt('v1'))
      .expect(201);
    await portal.api
      .put(`${version}/v1/configuration`)
      .send({ values: { CURRENCY: 'CAD' }, comment: 'Canada' })
      .expect(200);
    const refused = await command('start').expect(409);
    expect(refused.body.error.code).toBe('namespace-not-ready');

    await administrator.apply(
      namespaceObject(FIRST, { [POD_SECURITY]: 'restricted' }),
    );
    const before = await client.get({ ...KINDS.namespace, name: FIRST });
    await command('start').expect(202);
    await until('its workloads are there', async () => {
      const made = await client.list(KINDS.deployment, { namespace: FIRST });
      return made.length === 2 || undefined;
    });
    await portal.untilReason('prices', 'NamespaceReady', 'NamespaceReady');
    await command('stop').expect(202);
    await untilStatus('STOPPED');
    await portal.remove('prices');
    await portal.untilGone('prices');

    const left = await Promise.all(
      [
        KINDS.configMap,
        KINDS.service,
        KINDS.deployment,
        KINDS.pod,
        KINDS.ingress,
        KINDS.networkPolicy,
        KINDS.serviceAccount,
      ].map(kind =>
        client.list(kind, { namespace: FIRST, labels: MANAGED_BY }),
      ),
    );
    expect(left.flat()).toEqual([]);
    const after = await client.get({ ...KINDS.namespace, name: FIRST });
    expect(after?.metadata).toEqual(before?.metadata);
    expect(
      await client.get({
        ...KINDS.configMap,
        namespace: FIRST,
        name: 'of-the-owner',
      }),
    ).toMatchObject({ data: ofOwner.data });
    expect(
      await client.get({ ...KINDS.quota, namespace: FIRST, name: 'team' }),
    ).toMatchObject({ spec: quota.spec });
  });

  it('are watched each for itself: a right that is lost on one is said of that one', async () => {
    await administrator.deleteAt(`${pathOf(SECOND, 'rolebindings')}/portal`);
    const warnings: string[] = [];
    const client = await connectRealCluster(account, {
      namespaces: NAMESPACES,
      logger: quietLogger(warnings),
    });
    const events: WatchEvent[] = [];
    try {
      client.watch(
        [KINDS.configMap, KINDS.pod],
        { labels: MANAGED_BY },
        event => {
          events.push(event);
        },
      );
      await until(
        'the others are followed',
        async () => events.some(({ type }) => type === 'RELISTED') || undefined,
      );
      await administrator.apply({
        ...KINDS.configMap,
        metadata: { name: 'seen', namespace: FIRST, labels: MANAGED_BY },
      });
      await until(
        'it is told of',
        async () =>
          events.some(({ object }) => object?.metadata.name === 'seen') ||
          undefined,
      );
      expect(warnings.length).toBeGreaterThan(0);
      for (const warning of warnings) expect(warning).toContain(SECOND);

      await allow(SECOND);
      await administrator.apply({
        ...KINDS.configMap,
        metadata: { name: 'seen-again', namespace: SECOND, labels: MANAGED_BY },
      });
      const known = () =>
        client.list(KINDS.configMap, { namespace: SECOND, labels: MANAGED_BY });
      await until(
        'the right is back',
        async () => (await known().catch(() => [])).length > 0 || undefined,
      );
    } finally {
      await client.close();
      for (const [namespace, name] of [
        [FIRST, 'seen'],
        [SECOND, 'seen-again'],
      ] as const) {
        await administrator.client.delete({
          ...KINDS.configMap,
          namespace,
          name,
        });
      }
    }
  });
});

describe('namespaces of the portal’s own', () => {
  let portal: Awaited<ReturnType<typeof portalOn>>;

  beforeAll(async () => {
    portal = await portalOn(await connectRealCluster());
  });
  afterAll(() => portal.stop());

  it('are not those that others made', async () => {
    const id = `taken-${process.pid}`;
    const name = `kre-${id}`;
    await administrator.apply(namespaceObject(name));
    await portal.create(id);
    await portal.untilReason(id, 'NamespaceReady', 'NamespaceTaken');
    await portal.remove(id);
    await portal.untilGone(id);
    const found = await administrator.client.get({ ...KINDS.namespace, name });
    expect(found?.metadata.deletionTimestamp).toBeUndefined();
    await administrator.client.delete({ ...KINDS.namespace, name });
  });

  it('say what their end waits for', async () => {
    const id = `held-${process.pid}`;
    const namespace = `kre-${id}`;
    const held = (finalizers: string[]) => ({
      ...KINDS.configMap,
      metadata: { name: 'held', namespace, finalizers },
    });
    await portal.create(id);
    await until('the namespace is there', () =>
      administrator.client.get({ ...KINDS.namespace, name: namespace }),
    );
    await administrator.apply(held(['example.com/backup']));
    await portal.remove(id);
    const found = await portal.untilReason(
      id,
      'Deleting',
      'NamespaceTerminating',
    );
    expect(found.message).toContain(`The namespace "${namespace}" is going`);
    await until('the finalizer is named', async () => {
      const { conditions } = await portal.runtime(id);
      return (
        conditions.some(({ message }) =>
          message.includes('example.com/backup'),
        ) || undefined
      );
    });
    await administrator.apply(held([]));
    await portal.untilGone(id);
  });
});

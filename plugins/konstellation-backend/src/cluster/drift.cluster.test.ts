// What somebody else changes in the cluster is put back, and told: `npm run test:cluster` gives it a cluster.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Activity } from '@konstellation/backstage-plugin-konstellation-common';
import { until } from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import { startApi } from '../__testUtils__/startApi';
import { connectRealCluster } from './__testUtils__/realCluster';
import type { KubernetesClusterClient } from './KubernetesClusterClient';

jest.setTimeout(180_000);

const RUNTIME = `drift-${process.pid}`;
const namespace = `kre-${RUNTIME}`;
const SERVICE = { apiVersion: 'v1', kind: 'Service' };
const POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const published = { ...SERVICE, namespace, name: `published-${RUNTIME}` };

describe('drift', () => {
  let directory: string;
  /** Somebody else with rights in the cluster. */
  let hand: KubernetesClusterClient;
  let portal: Awaited<ReturnType<typeof startApi>>;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'konstellation-drift-'));
    hand = await connectRealCluster();
    portal = await startApi({ directory, cluster: await connectRealCluster() });
    await portal.api
      .post('/api/konstellation/runtimes')
      .send({ id: RUNTIME, name: 'Drift' })
      .expect(201);
    await until('the address is there', () => hand.get(published));
  });

  afterAll(async () => {
    await portal.stop();
    await hand.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    await hand.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function told(comment: string): Promise<Activity> {
    return until(comment, async () => {
      const { body } = await portal.api.get(
        `/api/konstellation/runtimes/${RUNTIME}/activities`,
      );
      const items: Activity[] = body.items;
      return items.find(
        each =>
          each.type === 'runtime.drift-corrected' &&
          each.comment.startsWith(comment),
      );
    });
  }

  const selectorOf = async () =>
    JSON.stringify((await hand.get(published))?.spec ?? {});

  /** Points the address somewhere else. */
  async function lead(to: string) {
    await hand.apply(
      [
        {
          ...SERVICE,
          metadata: { name: published.name, namespace },
          spec: { selector: { 'konstellation.io/release': to } },
        },
      ],
      { fieldManager: `somebody-${to}` },
    );
  }

  it('of an address is put back within seconds, and told once with a count', async () => {
    const before = await selectorOf();
    await lead('elsewhere');
    const first = await told(`Service ${published.name} was changed`);
    expect(first).toMatchObject({ actor: 'system', runtime: RUNTIME });
    expect(await selectorOf()).toBe(before);

    await lead('nowhere');
    const again = await until('it is counted', async () => {
      const activity = await told(`Service ${published.name} was changed`);
      return activity.count === 2 ? activity : undefined;
    });
    expect(again).toMatchObject({ id: first.id, at: first.at });
    expect(await selectorOf()).toBe(before);
  });

  it('of what isolates a runtime is mended', async () => {
    const [policy] = await until('policies are there', async () => {
      const found = await hand.list(POLICY, { namespace });
      return found.length > 0 ? found : undefined;
    });
    const ref = { ...POLICY, namespace, name: policy?.metadata.name ?? '' };
    await hand.delete(ref);
    await until('it is there again', async () => {
      const found = await hand.get(ref);
      return found && found.metadata.uid !== policy?.metadata.uid
        ? found
        : undefined;
    });
    expect(await told(`NetworkPolicy ${ref.name} was deleted`)).toMatchObject({
      runtime: RUNTIME,
    });
  });

  it('is not what belongs to others', async () => {
    const own = { ...CONFIG_MAP, metadata: { name: 'theirs', namespace } };
    await hand.apply([{ ...own, data: { a: '1' } }], { fieldManager: 'them' });
    await lead('anywhere');
    await until('all is looked at again', async () => {
      const { count = 1 } = await told(`Service ${published.name} was changed`);
      return count >= 3 ? true : undefined;
    });
    expect(
      (await hand.get({ ...CONFIG_MAP, namespace, name: 'theirs' }))?.data,
    ).toEqual({ a: '1' });
  });
});

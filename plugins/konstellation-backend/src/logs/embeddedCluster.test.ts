import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import { EmbeddedClusterClient } from '@konstellation/backstage-plugin-konstellation-backend-module-embedded';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Knex } from 'knex';
import type { LogArchiveStore } from '../database/LogArchiveStore';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import { logDatabase } from './__testUtils__/logDatabase';
import { until } from '../__testUtils__/until';
import { LogArchiver } from './LogArchiver';
import { readLogs } from './readLogs';

const script = join(__dirname, '__fixtures__/container.cjs');
const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const namespace = 'kre-logs';
const APPLY = { fieldManager: 'test' };
const ANCHOR = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name: 'anchor',
};

jest.setTimeout(60_000);

/** A release as the reconciler makes it, of one container. */
function deployment(anchor: KubernetesObject, fails: boolean) {
  const labels = {
    ...MANAGED_BY,
    [LABELS.versionUid]: 'v',
    [LABELS.node]: 'model',
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'model',
      namespace,
      labels,
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          name: anchor.metadata.name,
          uid: anchor.metadata.uid ?? '',
        },
      ],
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: 'main',
              image: 'test/container:1',
              env: fails ? [{ name: 'FAILS', value: '1' }] : [],
            },
          ],
        },
      },
    },
  };
}

describe('logs of the embedded cluster', () => {
  let directory: string;
  let knex: Knex;
  let archives: LogArchiveStore;
  let runtime: RuntimeRecord;
  let version: VersionRecord;
  let archiver: LogArchiver;
  let clock: { now: number };
  let clusters: EmbeddedClusterClient[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'konstellation-logs-'));
    knex = await databases.init('SQLITE_3');
    const tables = await logDatabase(knex);
    ({ archives, clock, runtime } = tables);
    clock.now = Date.now();
    version = await tables.addVersion('v');
    archiver = newArchiver();
    clusters = [];
  });
  afterEach(async () => {
    await archiver.close();
    await Promise.all(clusters.map(cluster => cluster.close()));
    await knex.destroy();
    rmSync(directory, { recursive: true, force: true });
  });

  function newArchiver() {
    return new LogArchiver({
      archives,
      limits: { maxLines: 10_000, maxBytes: 1_000_000 },
      retentionMillis: 1_000_000_000,
      logger: mockServices.logger.mock(),
    });
  }

  async function start(fails = false) {
    const cluster = await EmbeddedClusterClient.create({
      directory: join(directory, `cluster-${clusters.length}`),
      frontPort: 0,
      images: [{ match: 'test/*', command: [process.execPath, script] }],
      backoff: { baseMillis: 20, maxMillis: 20 },
    });
    clusters.push(cluster);
    const [, anchor] = await cluster.apply(
      [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        {
          ...ANCHOR,
          metadata: {
            name: ANCHOR.name,
            namespace,
            labels: { ...MANAGED_BY, [LABELS.versionUid]: 'v' },
          },
        },
      ],
      APPLY,
    );
    if (!anchor) throw new Error('there is no anchor');
    await cluster.apply([deployment(anchor, fails)], APPLY);
    return cluster;
  }

  const podsOf = (cluster: EmbeddedClusterClient) =>
    cluster.list(
      { apiVersion: 'v1', kind: 'Pod' },
      { namespace, labels: { [LABELS.versionUid]: 'v' } },
    );
  const observe = async (cluster: EmbeddedClusterClient) => {
    clock.now = Date.now();
    return archiver.observe(cluster, version, await podsOf(cluster));
  };
  const read = async (cluster: EmbeddedClusterClient) => {
    const found: LogLine[] = [];
    const { signal } = new AbortController();
    const logs = { cluster, archives };
    for await (const line of readLogs(logs, runtime, version, {}, signal)) {
      found.push(line);
    }
    return found;
  };
  const begun = (cluster: EmbeddedClusterClient, times = 1) =>
    until(async () => {
      await observe(cluster);
      const lines = await read(cluster);
      return lines.filter(({ message }) => message === 'begun').length >= times;
    });
  const gone = (cluster: EmbeddedClusterClient) =>
    until(async () => {
      const pods = await podsOf(cluster);
      return !(await observe(cluster)) && pods.length === 0;
    });

  it('has what a container says while it is ended, after a stop', async () => {
    const cluster = await start();
    await begun(cluster);
    await archiver.beforeRemoval(cluster, version, await podsOf(cluster));
    await cluster.delete(ANCHOR);
    await gone(cluster);
    expect(await read(cluster)).toMatchObject([
      { message: 'begun', level: 'info', node: 'model' },
      { message: 'asked to end', level: 'warn' },
      { message: 'bye', level: 'info' },
    ]);
  });

  it('has every run of a container that fails', async () => {
    const cluster = await start(true);
    const runs = await until(async () => {
      await observe(cluster);
      const lines = await read(cluster);
      return (
        lines.filter(({ message }) => message === 'giving up').length >= 4 &&
        lines
      );
    });
    await archiver.beforeRemoval(cluster, version, await podsOf(cluster));
    await cluster.delete(ANCHOR);
    await gone(cluster);
    const after = await read(cluster);
    expect(after.slice(0, runs.length)).toEqual(runs);
    const messages = after
      // One that was about to begin when the pod went may say nothing any more.
      .filter(({ marker }) => !marker)
      .map(({ message }) => message);
    expect(messages.filter(message => message === 'begun').length).toBe(
      Math.ceil(messages.length / 2),
    );
    expect(runs.every(({ marker }) => !marker)).toBe(true);
  });

  it('has everything when the portal ends orderly', async () => {
    const cluster = await start();
    await begun(cluster);
    await archiver.beforeClose(cluster);
    const closing = cluster.close();
    await archiver.close();
    await closing;
    archiver = newArchiver();
    const next = await start();
    await begun(next, 2);
    const lines = await read(next);
    expect(lines.map(({ message }) => message)).toEqual([
      'begun',
      'asked to end',
      'bye',
      'begun',
    ]);
  });

  it('marks what is gone with a portal that was killed', async () => {
    const killed = await start();
    await begun(killed);
    const [pod] = await podsOf(killed);
    await archiver.close();
    archiver = newArchiver();
    // The next one begins empty, as after kill -9.
    const next = await start();
    await begun(next);
    await observe(next);
    expect(await read(next)).toMatchObject([
      {
        pod: pod?.metadata.name,
        marker: true,
        level: 'warn',
        message: expect.stringContaining(
          'was lost: the pod was removed by something else before it could be captured',
        ),
      },
      { message: 'begun' },
    ]);
  });
});

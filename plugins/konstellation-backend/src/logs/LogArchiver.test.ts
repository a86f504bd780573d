import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import type { Knex } from 'knex';
import { eachDatabase } from '../__testUtils__/databases';
import type { LogArchive, LogArchiveStore } from '../database/LogArchiveStore';
import { FakeLogCluster } from './__testUtils__/FakeLogCluster';
import { logDatabase } from './__testUtils__/logDatabase';
import { until } from '../__testUtils__/until';
import { unpackLines } from './lines';
import { LogArchiver } from './LogArchiver';

const DAY = 24 * 60 * 60_000;
const version = { uid: 'v', deleting: false };

jest.setTimeout(60_000);

eachDatabase(({ init }) => {
  describe('LogArchiver', () => {
    let knex: Knex;
    let archives: LogArchiveStore;
    let cluster: FakeLogCluster;
    let tables: Awaited<ReturnType<typeof logDatabase>>;
    let clock: { now: number };
    let archivers: LogArchiver[];

    function archiver(
      options: { maxLines?: number; maxBytes?: number; wait?: number } = {},
    ) {
      const { maxLines = 10_000, maxBytes = 1_000_000, wait } = options;
      const made = new LogArchiver({
        archives,
        limits: { maxLines, maxBytes },
        retentionMillis: 30 * DAY,
        removalWaitMillis: wait,
        logger: mockServices.logger.mock(),
      });
      archivers.push(made);
      return made;
    }

    const all = async () => {
      const found: LogArchive[] = [];
      for await (const archive of archives.newestFirst('v'))
        found.push(archive);
      return found;
    };
    const linesOf = async (archive: LogArchive) => {
      const found = await archives.read(archive);
      return (await unpackLines(found?.content)).map(({ text }) => text);
    };
    const observe = (by: LogArchiver) =>
      by.observe(cluster, version, cluster.pods('v'));
    /** Rounds as the reconciler makes them, until there is nothing more to do. */
    const settle = async (by: LogArchiver) => {
      await until(async () => {
        await by.settled(10_000);
        const nextAt = await observe(by);
        if (!nextAt) return true;
        clock.now = Math.max(clock.now, nextAt.getTime());
        return undefined;
      });
      return all();
    };

    beforeEach(async () => {
      knex = await init();
      tables = await logDatabase(knex);
      ({ archives, clock } = tables);
      clock.now = Date.parse('2026-01-01T01:00:00Z');
      await tables.addVersion('v');
      cluster = new FakeLogCluster();
      archivers = [];
    });
    afterEach(async () => {
      await Promise.all(archivers.map(made => made.close()));
      await knex.destroy();
    });

    it('captures a container that ended while its pod stays, init containers too', async () => {
      cluster.addPod('p', { uid: 'v', init: ['fetch'] });
      cluster.write('p', 'fetched', 'fetch');
      cluster.end('p', 'fetch');
      cluster.write('p', 'one');
      cluster.end('p');
      cluster.begin('p');
      cluster.write('p', 'two');
      const by = archiver();
      const found = await settle(by);
      expect(found).toMatchObject([
        { container: 'main', restart: 1, complete: false, lines: 0 },
        { container: 'main', restart: 0, complete: true, lines: 1 },
        { container: 'fetch', restart: 0, complete: true, lines: 1 },
      ]);
      const [, first, fetch] = found;
      expect(first && (await linesOf(first))).toEqual(['one']);
      expect(fetch && (await linesOf(fetch))).toEqual(['fetched']);
    });

    it('captures each run of a container that fails again and again, once', async () => {
      cluster.addPod('p', { uid: 'v' });
      const by = archiver();
      for (const text of ['one', 'two', 'three']) {
        cluster.write('p', text);
        await observe(by);
        cluster.end('p', 'main', { waiting: true });
        await settle(by);
        const reads = cluster.reads;
        await settle(by);
        expect(cluster.reads).toBe(reads);
        cluster.begin('p');
      }
      const found = (await settle(by)).filter(archive => archive.complete);
      expect(await Promise.all(found.map(linesOf))).toEqual([
        ['three'],
        ['two'],
        ['one'],
      ]);
      expect(found.map(({ gap }) => gap)).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('says which runs began and ended while nobody looked', async () => {
      cluster.addPod('p', { uid: 'v' });
      const by = archiver();
      cluster.write('p', 'seen');
      await observe(by);
      for (let run = 1; run <= 4; run++) {
        cluster.end('p');
        cluster.begin('p');
        cluster.write('p', `run ${run}`);
      }
      const found = await settle(by);
      found.sort((a, b) => a.restart - b.restart);
      expect(found).toMatchObject([
        { restart: 0, gap: expect.stringContaining('started again') },
        {
          complete: true,
          gap: expect.stringContaining('its runs 1 to 2 began'),
        },
        { restart: 3, complete: true, lines: 1, gap: undefined },
        { restart: 4, complete: false },
      ]);
    });

    it('has what was written before pods are removed, and then their last lines', async () => {
      cluster.addPod('p', { uid: 'v' });
      cluster.addPod('q', { uid: 'v', node: 'clean' });
      cluster.write('p', 'before');
      const by = archiver();
      await by.beforeRemoval(cluster, version, cluster.pods('v'));
      const before = await all();
      expect(before).toMatchObject([
        { pod: 'p', complete: false, following: true, lines: 1 },
        { pod: 'q', complete: false, following: true, lines: 0 },
      ]);
      await until(() => cluster.following === 2);
      for (const pod of ['p', 'q']) {
        cluster.terminate(pod);
        cluster.write(pod, 'ending');
      }
      await observe(by);
      cluster.write('p', 'bye');
      cluster.remove('p');
      cluster.end('q');
      const found = await settle(by);
      expect(found).toMatchObject([
        { pod: 'p', complete: true, following: false, lines: 3 },
        { pod: 'q', complete: true, following: false, lines: 1 },
      ]);
      expect(await Promise.all(found.map(linesOf))).toEqual([
        ['before', 'ending', 'bye'],
        ['ending'],
      ]);
      expect(found.every(({ gap }) => gap === undefined)).toBe(true);
    });

    it('follows pods that something else removes', async () => {
      cluster.addPod('p', { uid: 'v' });
      cluster.write('p', 'before');
      const by = archiver();
      await observe(by);
      cluster.terminate('p');
      await observe(by);
      await until(() => cluster.following === 1);
      cluster.write('p', 'bye');
      cluster.remove('p');
      const [found] = await settle(by);
      expect(found).toMatchObject({ complete: true, gap: undefined });
      expect(found && (await linesOf(found))).toEqual(['before', 'bye']);
    });

    it('does not lose a line of those with the same time', async () => {
      cluster.addPod('p', { uid: 'v' });
      const by = archiver();
      const at = cluster.tick();
      cluster.write('p', 'one', 'main', at);
      await by.beforeRemoval(cluster, version, cluster.pods('v'));
      await until(() => cluster.following === 1);
      cluster.write('p', 'two', 'main', at);
      cluster.write('p', 'two', 'main', at);
      cluster.remove('p');
      const [found] = await settle(by);
      expect(found && (await linesOf(found))).toEqual(['one', 'two', 'two']);
    });

    it('marks what it was too late for, with the reason', async () => {
      cluster.addPod('gone', { uid: 'v' });
      cluster.addPod('evicted', { uid: 'v' });
      const by = archiver();
      await observe(by);
      cluster.write('gone', 'never read');
      cluster.remove('gone');
      cluster.evict('evicted', 'the node was low on memory');
      const found = await settle(by);
      expect(found.map(({ pod, gap }) => [pod, gap])).toEqual(
        expect.arrayContaining([
          [
            'gone',
            'the pod was removed by something else before it could be captured',
          ],
          [
            'evicted',
            'the pod ended before it could be captured (Evicted: the node was low on memory)',
          ],
        ]),
      );
      expect(found.every(({ complete }) => complete)).toBe(true);
    });

    it('keeps what was stored when the portal is killed, and marks the rest', async () => {
      cluster.addPod('p', { uid: 'v' });
      cluster.write('p', 'before');
      const killed = archiver();
      await killed.beforeRemoval(cluster, version, cluster.pods('v'));
      await killed.close();
      cluster.terminate('p');
      cluster.write('p', 'lost');
      cluster.remove('p');
      const [found] = await settle(archiver());
      expect(found).toMatchObject({
        complete: true,
        lines: 1,
        gap: 'the portal was interrupted while it read the last lines',
      });
    });

    it('goes on where a killed portal was, as long as the pod is there', async () => {
      cluster.addPod('p', { uid: 'v' });
      cluster.write('p', 'before');
      const killed = archiver();
      await killed.beforeRemoval(cluster, version, cluster.pods('v'));
      await killed.close();
      cluster.terminate('p');
      cluster.write('p', 'bye');
      const by = archiver();
      await observe(by);
      await until(() => cluster.following === 1);
      cluster.remove('p');
      const [found] = await settle(by);
      expect(found).toMatchObject({ complete: true, gap: undefined });
      expect(found && (await linesOf(found))).toEqual(['before', 'bye']);
    });

    it('waits for a slow log no longer than it may, and goes on with it', async () => {
      cluster.addPod('slow', { uid: 'v' });
      cluster.addPod('quick', { uid: 'v' });
      cluster.write('slow', 'late');
      cluster.write('quick', 'early');
      let release = () => {};
      const released = new Promise<void>(resolve => {
        release = resolve;
      });
      cluster.beforeLogs = pod => (pod.name === 'slow' ? released : undefined);
      const by = archiver({ wait: 200 });
      await by.beforeRemoval(cluster, version, cluster.pods('v'));
      expect(await all()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ pod: 'slow', lines: 0 }),
          expect.objectContaining({ pod: 'quick', lines: 1 }),
        ]),
      );
      cluster.end('slow');
      release();
      cluster.end('quick');
      const found = await settle(by);
      expect(found.map(({ complete, lines }) => [complete, lines])).toEqual([
        [true, 1],
        [true, 1],
      ]);
    });

    it('tries again what failed, and keeps the reason if it never works', async () => {
      for (const pod of ['again', 'never']) {
        cluster.addPod(pod, { uid: 'v' });
        cluster.write(pod, 'x');
        cluster.end(pod);
      }
      const failing = new Set(['again', 'never']);
      cluster.beforeLogs = pod => {
        if (failing.has(pod.name)) {
          throw new ServiceUnavailableError('the kubelet does not answer');
        }
      };
      const by = archiver();
      await observe(by);
      await by.settled(10_000);
      const retryAt = await observe(by);
      expect(retryAt?.getTime()).toBe(clock.now + 1_000);
      const reads = cluster.reads;
      await observe(by);
      await by.settled(10_000);
      // Not before it is time.
      expect(cluster.reads).toBe(reads);
      failing.delete('again');
      clock.now += 1_000;
      await observe(by);
      await by.settled(10_000);
      cluster.remove('never');
      const found = await settle(by);
      expect(found.map(({ pod, lines, gap }) => [pod, lines, gap])).toEqual(
        expect.arrayContaining([
          ['again', 1, undefined],
          ['never', 0, 'reading it failed: the kubelet does not answer'],
        ]),
      );
    });

    it('does not take the log of a run for that of another', async () => {
      cluster.addPod('p', { uid: 'v' });
      cluster.write('p', 'one');
      cluster.end('p');
      const seen = cluster.pods('v');
      let began = false;
      cluster.beforeLogs = () => {
        // Between the look at the pod and the opening of its log.
        if (!began) {
          cluster.begin('p');
          cluster.write('p', 'two');
        }
        began = true;
      };
      const by = archiver();
      await by.observe(cluster, version, seen);
      const found = await settle(by);
      expect(found).toMatchObject([
        { restart: 1, complete: false, lines: 0 },
        { restart: 0, complete: true, gap: undefined, lines: 1 },
      ]);
      expect(found[1] && (await linesOf(found[1]))).toEqual(['one']);
    });

    it('takes back what it held for lost when the pod is there after all', async () => {
      cluster.addPod('p', { uid: 'v' });
      cluster.write('p', 'one');
      const by = archiver();
      await observe(by);
      await until(async () => {
        const nextAt = await by.observe(cluster, version, []);
        clock.now = nextAt?.getTime() ?? clock.now;
        return !nextAt;
      });
      expect(await all()).toMatchObject([{ complete: true }]);
      cluster.end('p');
      expect(await settle(by)).toMatchObject([
        { complete: true, lines: 1, gap: undefined },
      ]);
    });

    it('stores the same when two processes do it', async () => {
      const texts: string[] = [];
      cluster.addPod('p', { uid: 'v' });
      const write = (count: number) => {
        for (let i = 0; i < count; i++) {
          const text = `line ${texts.length}`;
          texts.push(text);
          cluster.write('p', text);
        }
      };
      write(50);
      const both = [archiver(), archiver()];
      await Promise.all(
        both.map(by => by.beforeRemoval(cluster, version, cluster.pods('v'))),
      );
      await until(() => cluster.following === 2);
      cluster.terminate('p');
      write(50);
      await Promise.all(both.map(observe));
      write(50);
      cluster.remove('p');
      await Promise.all(both.map(by => by.settled(10_000)));
      const [found] = await settle(archiver());
      expect(found).toMatchObject({ complete: true, gap: undefined });
      expect(found && (await linesOf(found))).toEqual(texts);
    });

    it('keeps the last lines, bounded in number and bytes', async () => {
      cluster.addPod('many', { uid: 'v' });
      cluster.addPod('long', { uid: 'v' });
      for (let i = 0; i < 30; i++) {
        cluster.write('many', `${i}`);
        cluster.write('long', `${i}`.padEnd(40, '.'));
      }
      cluster.write('long', 'x'.repeat(500));
      cluster.write('long', 'end');
      for (const pod of ['many', 'long']) cluster.end(pod);
      const found = await settle(archiver({ maxLines: 10, maxBytes: 100 }));
      const lines = new Map(
        await Promise.all(
          found.map(
            async archive => [archive.pod, await linesOf(archive)] as const,
          ),
        ),
      );
      expect(lines.get('many')).toEqual(
        Array.from({ length: 10 }, (_, i) => `${20 + i}`),
      );
      expect(lines.get('long')).toEqual(['end']);
    });

    it('keeps of the runs of a container what one may have', async () => {
      cluster.addPod('p', { uid: 'v' });
      const by = archiver({ maxLines: 10 });
      for (let run = 0; run < 6; run++) {
        for (let i = 0; i < 4; i++) cluster.write('p', `${run}.${i}`);
        cluster.end('p');
        await settle(by);
        cluster.begin('p');
      }
      const found = (await settle(by)).filter(archive => archive.complete);
      expect(found.map(({ restart }) => restart)).toEqual([5, 4, 3]);
    });

    it('removes archives after their time, but not of what runs', async () => {
      cluster.addPod('ended', { uid: 'v' });
      cluster.addPod('runs', { uid: 'v' });
      cluster.write('ended', 'x');
      cluster.end('ended');
      const by = archiver();
      await settle(by);
      clock.now += 29 * DAY;
      expect(await by.removeExpired()).toBe(0);
      clock.now += 2 * DAY;
      expect(await by.removeExpired()).toBe(1);
      expect(await all()).toMatchObject([{ pod: 'runs' }]);
      // What is older than it is kept is not taken again from the pod that still has it.
      expect(await settle(by)).toMatchObject([{ pod: 'runs' }]);
      await knex('versions').where({ uid: 'v' }).update({ desired: 'stopped' });
      expect(await by.removeExpired()).toBe(1);
    });

    it('keeps nothing of a version that is gone', async () => {
      cluster.addPod('p', { uid: 'v' });
      cluster.write('p', 'x');
      const by = archiver();
      await by.beforeRemoval(cluster, version, cluster.pods('v'));
      await until(() => cluster.following === 1);
      await knex('log_archives').delete();
      await knex('versions').delete();
      cluster.write('p', 'y');
      cluster.remove('p');
      await by.settled(10_000);
      expect(await all()).toEqual([]);
      expect(await observe(by)).toBeUndefined();
    });

    it('captures everything before a cluster ends with the portal', async () => {
      await tables.addVersion('w');
      cluster.addPod('p', { uid: 'v' });
      cluster.addPod('q', { uid: 'w' });
      cluster.write('p', 'x');
      const by = archiver();
      await by.beforeClose(cluster);
      await until(() => cluster.following === 2);
      cluster.write('p', 'bye');
      cluster.write('q', 'bye');
      await cluster.close();
      await by.settled(10_000);
      const rows = await knex('log_archives').orderBy('pod').select();
      expect(rows).toMatchObject([
        { pod: 'p', lines: 2, gap: null },
        { pod: 'q', lines: 1, gap: null },
      ]);
      expect(rows.every(row => Boolean(row.complete))).toBe(true);
    });
  });
});

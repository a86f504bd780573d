import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import type { Knex } from 'knex';
import { eachDatabase } from '../__testUtils__/databases';
import type { LogArchiveStore } from '../database/LogArchiveStore';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import type { LogFilter } from '../reconciliation/types';
import { FakeLogCluster } from './__testUtils__/FakeLogCluster';
import { logDatabase } from './__testUtils__/logDatabase';
import { until } from '../__testUtils__/until';
import { LogArchiver } from './LogArchiver';
import { readLogs } from './readLogs';

jest.setTimeout(60_000);

eachDatabase(({ init }) => {
  describe('readLogs', () => {
    let knex: Knex;
    let archives: LogArchiveStore;
    let archiver: LogArchiver;
    let cluster: FakeLogCluster;
    let runtime: RuntimeRecord;
    let version: VersionRecord;
    let clock: { now: number };
    let stop: AbortController;

    beforeEach(async () => {
      knex = await init();
      const tables = await logDatabase(knex);
      ({ archives, clock, runtime } = tables);
      clock.now = Date.parse('2026-01-01T01:00:00Z');
      version = await tables.addVersion('v');
      cluster = new FakeLogCluster();
      archiver = new LogArchiver({
        archives,
        limits: { maxLines: 10_000, maxBytes: 4 * 1024 * 1024 },
        retentionMillis: 1_000_000_000,
        logger: mockServices.logger.mock(),
      });
      stop = new AbortController();
    });
    afterEach(async () => {
      stop.abort();
      await archiver.close();
      await knex.destroy();
    });

    const observe = async () => {
      const dueAt = await archiver.observe(cluster, version, cluster.pods('v'));
      await archiver.settled(10_000);
      return dueAt;
    };
    const settle = () =>
      until(async () => {
        const dueAt = await observe();
        clock.now = Math.max(clock.now, dueAt?.getTime() ?? 0);
        return !dueAt;
      });
    const lines = (filter: LogFilter = {}) =>
      readLogs({ cluster, archives }, runtime, version, filter, stop.signal);
    const read = async (filter: LogFilter = {}) => {
      const found: LogLine[] = [];
      for await (const line of lines(filter)) found.push(line);
      return found;
    };
    const texts = async (filter: LogFilter = {}) =>
      (await read(filter)).map(({ message }) => message);

    it('gives lines of pods that are there and of those that are gone as one log', async () => {
      cluster.addPod('old', { uid: 'v', init: ['fetch'] });
      cluster.write('old', 'fetched', 'fetch');
      cluster.end('old', 'fetch');
      cluster.write('old', 'one');
      cluster.addPod('new', { uid: 'v' });
      cluster.write('new', 'two');
      cluster.write('old', 'three');
      cluster.end('old');
      await settle();
      cluster.remove('old');
      cluster.write('new', 'four');
      await settle();
      expect(await read()).toMatchObject([
        { message: 'fetched', pod: 'old', container: 'fetch', node: 'model' },
        { message: 'one', pod: 'old', container: 'main', level: 'info' },
        { message: 'two', pod: 'new' },
        { message: 'three', pod: 'old' },
        { message: 'four', pod: 'new' },
      ]);
    });

    it('gives no line twice while a container is captured', async () => {
      cluster.addPod('p', { uid: 'v' });
      const at = cluster.tick();
      for (const text of ['one', 'same', 'same']) {
        cluster.write('p', text, 'main', at);
      }
      const expected = ['one', 'same', 'same', 'two', 'three'];
      expect(await texts()).toEqual(expected.slice(0, 3));
      await archiver.beforeRemoval(cluster, version, cluster.pods('v'));
      expect(await texts()).toEqual(expected.slice(0, 3));
      cluster.terminate('p');
      cluster.write('p', 'two');
      expect(await texts()).toEqual(expected.slice(0, 4));
      await until(() => cluster.following === 1);
      cluster.write('p', 'three');
      cluster.end('p');
      await archiver.settled(10_000);
      expect(await texts()).toEqual(expected);
      cluster.remove('p');
      await settle();
      expect(await texts()).toEqual(expected);
    });

    it('gives the runs of a container that fails again and again', async () => {
      cluster.addPod('p', { uid: 'v' });
      for (const text of ['one', 'two', 'three', 'four']) {
        cluster.write('p', text);
        await settle();
        cluster.end('p', 'main', { waiting: true });
        expect((await texts()).at(-1)).toBe(text);
        await settle();
        cluster.begin('p');
      }
      expect(await texts()).toEqual(['one', 'two', 'three', 'four']);
    });

    it('filters what is stored as what is live', async () => {
      const write = (pod: string, level: string, message: string) =>
        cluster.write(pod, JSON.stringify({ level, message }));
      cluster.addPod('gone', { uid: 'v', node: 'clean' });
      cluster.addPod('live', { uid: 'v', node: 'model' });
      cluster.addPod('entry', { uid: 'v', node: 'entrypoint' });
      write('gone', 'debug', 'gone debug');
      write('live', 'error', 'live error');
      write('entry', 'warning', 'entry warn');
      const since = cluster.tick();
      write('live', 'info', 'live info');
      write('gone', 'error', 'gone error');
      await archiver.beforeRemoval(
        cluster,
        version,
        cluster.pods('v').filter(({ metadata }) => metadata.name === 'gone'),
      );
      cluster.remove('gone');
      await settle();
      expect(await texts()).toEqual([
        'gone debug',
        'live error',
        'entry warn',
        'live info',
        'gone error',
      ]);
      expect(await texts({ level: 'error' })).toEqual([
        'live error',
        'gone error',
      ]);
      expect(await texts({ node: 'clean' })).toEqual([
        'gone debug',
        'gone error',
      ]);
      expect(await texts({ workflow: 'tidy' })).toEqual([
        'gone debug',
        'gone error',
      ]);
      expect(await texts({ workflow: 'price', level: 'error' })).toEqual([
        'live error',
      ]);
      expect(await texts({ workflow: 'nothing' })).toEqual([]);
      expect(await texts({ since })).toEqual(['live info', 'gone error']);
      expect(await texts({ since: since.replace('Z', '+00:00') })).toEqual([
        'live info',
        'gone error',
      ]);
    });

    it('marks where lines are missing, with the reason', async () => {
      cluster.addPod('p', { uid: 'v' });
      const [first] = [cluster.tick()];
      cluster.write('p', 'one', 'main', first);
      await archiver.beforeRemoval(cluster, version, cluster.pods('v'));
      await archiver.close();
      const next = new LogArchiver({
        archives,
        limits: { maxLines: 10, maxBytes: 1_000 },
        retentionMillis: 1_000_000_000,
        logger: mockServices.logger.mock(),
      });
      cluster.write('p', 'lost');
      cluster.remove('p');
      cluster.addPod('q', { uid: 'v' });
      cluster.write('q', 'after');
      const missing = `The log of pod p, container main, from ${first} on`;
      // Not settled yet: said, too.
      expect(await read()).toMatchObject([
        { message: 'one' },
        { message: `${missing} is not captured yet`, marker: true },
        { message: 'after' },
      ]);
      await until(async () => {
        const dueAt = await next.observe(cluster, version, cluster.pods('v'));
        clock.now = Math.max(clock.now, dueAt?.getTime() ?? 0);
        return !dueAt;
      });
      const lost = {
        at: first,
        pod: 'p',
        container: 'main',
        node: 'model',
        level: 'warn',
        marker: true,
        message: `${missing} was lost: the portal was interrupted while it read the last lines`,
      };
      expect(await read()).toMatchObject([
        { message: 'one' },
        lost,
        { message: 'after' },
      ]);
      expect(await read({ level: 'error' })).toEqual([]);
      expect(await read({ node: 'clean' })).toEqual([]);
      // What is missing may be of after the time that is asked for.
      const since = cluster.tick();
      expect(await read({ since })).toEqual([{ ...lost, at: since }]);
      await next.close();
    });

    it('gives what it can where the cluster fails', async () => {
      cluster.addPod('gone', { uid: 'v' });
      cluster.write('gone', 'kept');
      cluster.end('gone');
      await settle();
      cluster.remove('gone');
      cluster.addPod('sick', { uid: 'v' });
      cluster.addPod('well', { uid: 'v' });
      cluster.write('well', 'fine');
      cluster.beforeLogs = pod => {
        if (pod.name === 'sick') {
          throw new ServiceUnavailableError('the kubelet does not answer');
        }
      };
      expect(await read()).toMatchObject([
        { message: 'kept' },
        {
          message:
            'The log of pod sick, container main could not be read: the kubelet does not answer',
          marker: true,
        },
        { message: 'fine' },
      ]);
      jest
        .spyOn(cluster, 'list')
        .mockRejectedValue(new ServiceUnavailableError('the cluster is away'));
      expect(await read()).toMatchObject([
        { message: 'kept' },
        {
          message:
            'Lines that only the cluster has are missing here: the cluster is away',
          marker: true,
        },
      ]);
    });

    it('gives the newest 10,000 lines, and reads no more archives than that takes', async () => {
      const count = 4_000;
      for (let pod = 0; pod < 6; pod++) {
        cluster.addPod(`p${pod}`, { uid: 'v' });
        for (let i = 0; i < count; i++) {
          cluster.write(`p${pod}`, `${pod * count + i}`);
        }
        cluster.end(`p${pod}`);
        await settle();
        cluster.remove(`p${pod}`);
      }
      const opened = jest.spyOn(archives, 'read');
      const found = await texts();
      expect(found).toHaveLength(10_000);
      expect(found[0]).toBe(`${6 * count - 10_000}`);
      expect(found.at(-1)).toBe(`${6 * count - 1}`);
      // Of 24,000 lines in six archives.
      expect(opened).toHaveBeenCalledTimes(3);
    });

    it('reads archives in pages', async () => {
      const count = 450;
      const at = new Date('2026-01-01T00:00:00Z');
      await archives.note(
        Array.from({ length: count }, (_, i) => ({
          versionUid: 'v',
          pod: `p${i}`,
          container: i % 2 ? 'main' : 'fetch',
          instance: `${i}`,
          node: 'model',
          restart: 0,
          // Many with the same time, as when a whole release ends.
          lastAt: new Date(at.getTime() + Math.floor(i / 100)),
          complete: true,
          gap: 'so',
        })),
      );
      const found = await read();
      expect(new Set(found.map(({ pod }) => pod)).size).toBe(count);
      expect(found).toHaveLength(count);
    });

    describe('follow', () => {
      const followed = () => {
        const found: LogLine[] = [];
        const done = (async () => {
          for await (const line of lines({ follow: true })) found.push(line);
        })();
        const has = (...messages: string[]) =>
          until(() =>
            messages.every(message =>
              found.some(line => line.message === message),
            ),
          );
        return { found, done, has };
      };

      it('begins with the past, and goes on with lines, runs and pods as they come', async () => {
        cluster.addPod('gone', { uid: 'v' });
        cluster.write('gone', 'zero');
        cluster.end('gone');
        await settle();
        cluster.remove('gone');
        cluster.addPod('p', { uid: 'v' });
        const at = cluster.tick();
        cluster.write('p', 'one', 'main', at);
        const { found, done, has } = followed();
        await has('one');
        await until(() => cluster.following === 1);
        cluster.write('p', 'two', 'main', at);
        await has('two');
        cluster.end('p');
        cluster.begin('p');
        cluster.write('p', 'three');
        cluster.addPod('q', { uid: 'v' });
        cluster.write('q', 'four');
        await has('three', 'four');
        stop.abort();
        await done;
        expect(found.map(({ message }) => message).sort()).toEqual(
          ['zero', 'one', 'two', 'three', 'four'].sort(),
        );
      });

      it('does not lose or repeat a line when a stream breaks', async () => {
        cluster.addPod('p', { uid: 'v' });
        cluster.write('p', 'one');
        let reads = 0;
        cluster.beforeLogs = (_pod, { follow }) => {
          if (follow && ++reads === 1) {
            cluster.write('p', 'two');
            throw new ServiceUnavailableError('the stream broke');
          }
        };
        const { found, done, has } = followed();
        await has('two');
        cluster.write('p', 'three');
        await has('three');
        stop.abort();
        await done;
        expect(found.map(({ message }) => message)).toEqual([
          'one',
          'two',
          'three',
        ]);
      });

      it('says where it broke off for good', async () => {
        cluster.addPod('p', { uid: 'v' });
        cluster.write('p', 'one');
        cluster.beforeLogs = (_pod, { follow }) => {
          if (!follow) return;
          cluster.remove('p');
          throw new ServiceUnavailableError('the stream broke');
        };
        const { found, done } = followed();
        await until(() => found.some(({ marker }) => marker === true));
        expect(found.at(-1)?.message).toContain('broke off here');
        stop.abort();
        await done;
      });
    });
  });
});

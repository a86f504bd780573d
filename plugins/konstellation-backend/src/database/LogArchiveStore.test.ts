import type { Knex } from 'knex';
import { eachDatabase } from '../__testUtils__/databases';
import { logDatabase } from '../logs/__testUtils__/logDatabase';
import type { LogArchiveStore, NewLogArchive } from './LogArchiveStore';

const at = new Date('2026-01-01T00:00:00Z');

jest.setTimeout(60_000);

eachDatabase(({ init }) => {
  describe('LogArchiveStore', () => {
    let knex: Knex;
    let archives: LogArchiveStore;
    let clock: { now: number };

    beforeEach(async () => {
      knex = await init();
      const tables = await logDatabase(knex);
      ({ archives, clock } = tables);
      clock.now = at.getTime();
      await tables.addVersion('v');
    });
    afterEach(() => knex.destroy());

    const note = (
      pod: string,
      more: Partial<NewLogArchive> = {},
    ): NewLogArchive => ({
      versionUid: 'v',
      pod,
      container: 'main',
      instance: 'one',
      node: 'model',
      restart: 0,
      lastAt: at,
      complete: false,
      ...more,
    });
    const lines = (content: string, lastAt = at) => ({
      content: Buffer.from(content),
      count: 1,
      bytes: content.length,
      lastAt,
    });
    const list = async (filter = {}) => {
      const found = [];
      for await (const archive of archives.newestFirst('v', filter)) {
        found.push(archive.pod);
      }
      return found;
    };

    it('notes a run once, and leaves what is known of it', async () => {
      await archives.note([note('p')]);
      const [seen] = await archives.current('v', []);
      expect(seen).toMatchObject({ ...note('p'), revision: 0, lines: 0 });
      expect(seen && (await archives.write(seen, { following: true }))).toBe(
        true,
      );
      await archives.note([note('p'), note('q')]);
      const found = await archives.current('v', []);
      expect(
        found.map(({ pod, following }) => [pod, following]).sort(),
      ).toEqual([
        ['p', true],
        ['q', false],
      ]);
    });

    it('writes what nobody else has written since it was read', async () => {
      await archives.note([note('p')]);
      const [seen] = await archives.current('v', []);
      if (!seen) throw new Error('it was not noted');
      clock.now += 5_000;
      const later = new Date(at.getTime() + 1);
      const first = { lines: lines('first', later), gap: 'so far' };
      expect(await archives.write(seen, first)).toBe(true);
      expect(await archives.write(seen, { lines: lines('second') })).toBe(
        false,
      );
      const found = await archives.read(seen);
      expect(found?.content?.toString()).toBe('first');
      expect(found?.archive).toMatchObject({
        revision: 1,
        lines: 1,
        bytes: 5,
        lastAt: later,
        capturedAt: new Date(clock.now),
        gap: 'so far',
        complete: false,
      });
      if (!found) return;
      const change = { complete: true, gap: '' };
      expect(await archives.write(found.archive, change)).toBe(true);
      expect(await archives.read(seen)).toMatchObject({
        archive: { complete: true, gap: undefined, lines: 1 },
      });
      // Complete ones only of the pods that are asked for.
      expect(await archives.current('v', ['other'])).toEqual([]);
      expect(await archives.current('v', ['p'])).toHaveLength(1);
    });

    it('gives those with the newest lines first, of some nodes, and not older than asked for', async () => {
      const after = (millis: number) => new Date(at.getTime() + millis);
      await archives.note([
        note('old', { complete: true }),
        note('gap', { complete: true, gap: 'so' }),
        note('new', { lastAt: after(20), complete: true, node: 'clean' }),
        note('middle', { lastAt: after(10), complete: true }),
      ]);
      expect(await list()).toEqual(['new', 'middle', 'gap', 'old']);
      expect(await list({ nodes: ['clean'] })).toEqual(['new']);
      expect(await list({ nodes: [] })).toEqual([]);
      expect(await list({ since: after(15) })).toEqual(['new']);
      // A gap that was noted later is of later, too.
      expect(await list({ since: at })).toEqual([
        'new',
        'middle',
        'gap',
        'old',
      ]);
      clock.now += 60_000;
      const gap = (await archives.current('v', ['gap']))[0];
      expect(gap && (await archives.write(gap, {}))).toBe(true);
      expect(await list({ since: after(15) })).toEqual(['new', 'gap']);
    });

    it('goes with its version', async () => {
      await archives.note([note('p')]);
      await knex('versions').where({ uid: 'v' }).delete();
      expect(await knex('log_archives')).toEqual([]);
      await expect(archives.note([note('p')])).rejects.toThrow();
    });
  });
});

import { eachDatabase } from '../__testUtils__/databases';
import { testStores } from '../__testUtils__/stores';
import { PackageUse } from './PackageUse';

jest.setTimeout(60_000);

const DAY = 24 * 60 * 60 * 1000;
const digest = (name: string) => `sha256:${name.repeat(64)}`;

describe('PackageUse', () => {
  eachDatabase(({ init }) => {
    it('finds what no version has had for a day', async () => {
      const stores = await testStores(await init());
      const { clock, database } = stores;
      const use = new PackageUse(database);
      await stores.createRuntime('prices');
      await stores.createVersion('prices', 'v1', {
        packageDigest: digest('a'),
      });
      const look = async () => {
        await use.note([digest('a'), digest('b')]);
        await use.noteUse();
        return use.takeUnused(DAY);
      };
      expect(await look()).toEqual([]);
      clock.now += DAY;
      expect(await look()).toEqual([digest('b')]);
      // The process died before it removed it: the next one does.
      expect(await use.takeUnused(DAY)).toEqual([digest('b')]);
      await use.removed(digest('b'));
      expect(await use.takeUnused(DAY)).toEqual([]);
    });

    it('keeps what an upload is about to use, and refuses what is being removed', async () => {
      const stores = await testStores(await init());
      const { clock, database } = stores;
      const use = new PackageUse(database);
      await stores.createRuntime('prices');
      await use.note([digest('a'), digest('b')]);
      await use.noteUse();
      clock.now += DAY;
      await use.reserve(digest('a'));
      expect(await use.takeUnused(DAY)).toEqual([digest('b')]);
      await expect(use.reserve(digest('b'))).rejects.toThrow(
        'an old copy of this package is just being removed; upload it again',
      );
      await expect(
        stores.createVersion('prices', 'v2', { packageDigest: digest('b') }),
      ).rejects.toThrow('upload it again');
      await use.removed(digest('b'));
      await stores.createVersion('prices', 'v2', {
        packageDigest: digest('b'),
      });
      clock.now += 2 * DAY;
      await use.noteUse();
      expect(await use.takeUnused(DAY)).toEqual([digest('a')]);
    });
  });
});

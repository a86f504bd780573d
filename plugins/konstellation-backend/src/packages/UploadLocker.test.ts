import type { Knex } from 'knex';
import { eachDatabase } from '../__testUtils__/databases';
import { UploadLockStore } from '../database/UploadLockStore';
import { uploadDatabase } from './__testUtils__/uploadServer';
import { UploadLocker } from './UploadLocker';

jest.setTimeout(60_000);

eachDatabase(({ init, isShared }) => {
  describe('UploadLocker', () => {
    let knex: Knex;
    let store: UploadLockStore;
    const { signal } = new AbortController();
    const locker = (leaseMillis?: number) =>
      new UploadLocker(store, { leaseMillis });

    beforeEach(async () => {
      knex = await init();
      store = new UploadLockStore(await uploadDatabase(knex));
    });
    afterEach(() => knex.destroy());

    /** A lock with what its holder is asked. */
    function lockOf(by: UploadLocker, id = 'u') {
      const lock = by.newLock(id);
      let ask = () => {};
      const asked = new Promise<void>(resolve => {
        ask = resolve;
      });
      return {
        asked,
        lock: () => lock.lock(signal, () => ask()),
        unlock: () => lock.unlock(),
      };
    }

    it('gives an upload to one at a time, and asks the one before to let go', async () => {
      const by = locker();
      const [first, second] = [lockOf(by), lockOf(by)];
      await first.lock();
      expect(by.fence('u')()).toBe(true);
      expect(by.fence('other')()).toBe(false);
      let has = false;
      const waiting = second.lock().then(() => {
        has = true;
      });
      await first.asked;
      expect(has).toBe(false);
      const fence = by.fence('u');
      await first.unlock();
      expect(fence()).toBe(false);
      await waiting;
      expect(by.fence('u')()).toBe(true);
      await second.unlock();
      expect(await knex('upload_locks')).toEqual([]);
    });

    it('does not mind other uploads', async () => {
      const by = locker();
      const locks = ['u', 'v'].map(id => lockOf(by, id));
      for (const lock of locks) await lock.lock();
      expect(await knex('upload_locks')).toHaveLength(2);
      for (const lock of locks) await lock.unlock();
      expect(await knex('upload_locks')).toEqual([]);
    });

    it('gives an upload up when it was not to be had in time', async () => {
      const by = locker();
      const first = lockOf(by);
      await first.lock();
      const gone = new AbortController();
      const waiting = by.newLock('u').lock(gone.signal, () => undefined);
      await first.asked;
      gone.abort();
      await expect(waiting).rejects.toMatchObject({ status_code: 500 });
      await first.unlock();
    });

    it('lets something be done while nobody writes', async () => {
      const by = locker();
      const writer = lockOf(by);
      await writer.lock();
      const order: string[] = [];
      const work = by.exclusively('u', async () => {
        order.push('work');
        return 1;
      });
      await writer.asked;
      order.push('unlock');
      await writer.unlock();
      expect(await work).toBe(1);
      expect(order).toEqual(['unlock', 'work']);
      await expect(
        by.exclusively('u', async () => {
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(await knex('upload_locks')).toEqual([]);
    });

    it('keeps an upload for as long as it takes', async () => {
      const by = locker(400);
      const first = lockOf(by);
      await first.lock();
      const fence = by.fence('u');
      const [{ until }] = await knex('upload_locks');
      // Renewed again and again: well past the lease it began with.
      for (;;) {
        expect(fence()).toBe(true);
        const [row] = await knex('upload_locks');
        if (Number(row.until) > Number(until) + 1_000) break;
        await new Promise(resolve => setTimeout(resolve, 20));
      }
      await first.unlock();
    });

    it('takes over from a process that is gone, once its lease is over', async () => {
      await store.acquire('u', 'a process that is gone', 700);
      const began = performance.now();
      const by = locker();
      const lock = lockOf(by);
      await lock.lock();
      expect(performance.now() - began).toBeGreaterThan(500);
      await lock.unlock();
    });

    it('knows that it lost an upload, and leaves it to who has it', async () => {
      const by = locker(400);
      const lock = lockOf(by);
      await lock.lock();
      const fence = by.fence('u');
      await knex('upload_locks').update({ owner: 'another' });
      await lock.asked;
      expect(fence()).toBe(false);
      await lock.unlock();
      expect(await knex('upload_locks')).toMatchObject([{ owner: 'another' }]);
    });

    it('holds nothing when the database is away for longer than the lease', async () => {
      const by = locker(400);
      const lock = lockOf(by);
      await lock.lock();
      const fence = by.fence('u');
      jest.spyOn(store, 'renew').mockRejectedValue(new Error('away'));
      await lock.asked;
      expect(fence()).toBe(false);
      await lock.unlock();
    });

    it('forgets the locks of processes that are gone', async () => {
      await store.acquire('u', 'a process that is gone', 60_000);
      await store.endLeases();
      expect(await knex('upload_locks')).toHaveLength(isShared ? 1 : 0);
      await knex('upload_locks').update({ until: 0 });
      await store.removeOld();
      expect(await knex('upload_locks')).toEqual([]);
    });

    // Processes share no other database.
    if (!isShared) return;

    it('asks writers of other processes, too', async () => {
      const [here, there] = [locker(), locker()];
      const first = lockOf(here);
      await first.lock();
      const second = lockOf(there);
      const waiting = second.lock();
      await first.asked;
      await first.unlock();
      await waiting;
      expect(there.fence('u')()).toBe(true);
      expect(here.fence('u')()).toBe(false);
      await second.unlock();
    });
  });
});

import type { Database } from './Database';
import type { Millis } from './rows';

interface UploadLockRow {
  id: string;
  owner: string;
  until: Millis;
  wanted: boolean | number;
}

/** Who may write to which upload. A lock is a lease: it ends by itself when its process is gone. */
export class UploadLockStore {
  constructor(private readonly database: Database) {}

  /** Whether other processes may lock the same uploads. */
  get isShared(): boolean {
    return this.database.isShared;
  }

  #rows() {
    return this.database.knex<UploadLockRow>('upload_locks');
  }

  /** @returns whether the owner has it now: nobody else had, or their lease is over */
  async acquire(
    id: string,
    owner: string,
    leaseMillis: number,
  ): Promise<boolean> {
    const now = this.database.now().getTime();
    await this.#rows()
      .insert({ id, owner, until: now + leaseMillis, wanted: false })
      .onConflict('id')
      .merge()
      .where('upload_locks.until', '<=', now);
    return this.#isOf(id, owner);
  }

  async #isOf(id: string, owner: string): Promise<boolean> {
    return Boolean(await this.#rows().where({ id, owner }).first('id'));
  }

  /** The owner goes on. @returns false when it has the lock no more */
  async renew(
    id: string,
    owner: string,
    leaseMillis: number,
  ): Promise<boolean> {
    const until = this.database.now().getTime() + leaseMillis;
    const renewed = await this.#rows().where({ id, owner }).update({ until });
    return renewed > 0;
  }

  /** Asks whoever has it to let go. */
  async want(id: string): Promise<void> {
    await this.#rows().where({ id, wanted: false }).update({ wanted: true });
  }

  /** Whether another one waits for it; undefined when the owner has it no more. */
  async isWanted(id: string, owner: string): Promise<boolean | undefined> {
    const row = await this.#rows().where({ id, owner }).first('wanted');
    return row && Boolean(row.wanted);
  }

  async release(id: string, owner: string): Promise<void> {
    await this.#rows().where({ id, owner }).delete();
  }

  /** To be called before anything is locked: with one process, every lock is of one that is gone. */
  async endLeases(): Promise<void> {
    if (!this.isShared) await this.#rows().delete();
  }

  /** Removes what processes that are gone left, of uploads nobody asked for again. */
  async removeOld(): Promise<void> {
    const day = 24 * 60 * 60 * 1000;
    const now = this.database.now().getTime();
    await this.#rows()
      .where('until', '<', now - day)
      .delete();
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ConflictError } from '@backstage/errors';
import type { Lock, Locker, RequestRelease } from '@tus/utils';
import type { UploadLockStore } from '../database/UploadLockStore';

/** A process that is gone holds an upload no longer. */
const LEASE_MILLIS = 15_000;
/** Before the lease ends nothing more is written, so that nothing is on its way when another one begins. */
const MARGIN_MILLIS = 2_000;
/** How often it is looked whether another process waits. */
const LOOK_MILLIS = 500;
const RETRY_MILLIS = 100;
/** Longer than a lease: whoever waits outlives a process that is gone. */
const WAIT_MILLIS = 30_000;

/** Whether a lock that was held is still held. */
export type Fence = () => boolean;

/** What one request holds, or waits for. */
class UploadLock implements Lock {
  readonly #owner = randomUUID();
  #letGo: RequestRelease = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #renewedAt = 0;
  #isLooking = false;
  #isLost = true;

  constructor(
    private readonly id: string,
    private readonly options: {
      store: UploadLockStore;
      held: Map<string, UploadLock>;
      leaseMillis: number;
    },
  ) {}

  get isHeld(): boolean {
    const { leaseMillis } = this.options;
    const margin = Math.min(MARGIN_MILLIS, leaseMillis / 4);
    return (
      !this.#isLost &&
      performance.now() < this.#renewedAt + leaseMillis - margin
    );
  }

  /** @throws an error of tus when it cannot be had in time */
  async lock(signal: AbortSignal, letGo: RequestRelease): Promise<void> {
    if (await this.acquire(signal, letGo)) return;
    // An ES module, which not every loader of CommonJS takes.
    const { ERRORS } = await import('@tus/utils');
    throw ERRORS.ERR_LOCK_TIMEOUT;
  }

  /** @returns false when it could not be had in time */
  async acquire(signal: AbortSignal, letGo: RequestRelease): Promise<boolean> {
    const { store, held, leaseMillis } = this.options;
    const late = performance.now() + WAIT_MILLIS;
    for (;;) {
      const asked = performance.now();
      if (await this.#take()) {
        this.#letGo = letGo;
        this.#renewedAt = asked;
        this.#isLost = false;
        held.set(this.id, this);
        this.#timer = setInterval(
          () => this.#look(),
          Math.min(LOOK_MILLIS, leaseMillis / 4),
        );
        return true;
      }
      const holder = held.get(this.id);
      if (holder) await holder.letGo();
      else await store.want(this.id);
      await pause(RETRY_MILLIS);
      if (signal.aborted || performance.now() > late) return false;
    }
  }

  async #take(): Promise<boolean> {
    const { store, leaseMillis } = this.options;
    try {
      return await store.acquire(this.id, this.#owner, leaseMillis);
    } catch (error) {
      // It may have been acquired all the same.
      await store.release(this.id, this.#owner).catch(() => undefined);
      throw error;
    }
  }

  async letGo(): Promise<void> {
    await this.#letGo();
  }

  /** Renews the lease in time, and lets go when another process waits or the lock is lost. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { store, leaseMillis } = this.options;
    const look = async () => {
      const now = performance.now();
      if (now - this.#renewedAt >= leaseMillis / 3) {
        if (await store.renew(this.id, this.#owner, leaseMillis)) {
          this.#renewedAt = now;
        } else {
          this.#isLost = true;
        }
      }
      if (!store.isShared) return;
      const isWanted = await store.isWanted(this.id, this.#owner);
      if (isWanted === undefined) this.#isLost = true;
      if (isWanted) await this.#letGo();
    };
    look()
      // Asked again soon; without an answer the lease ends.
      .catch(() => undefined)
      .then(() => (this.isHeld ? undefined : this.#letGo()))
      .catch(() => undefined)
      .finally(() => {
        this.#isLooking = false;
      });
  }

  async unlock(): Promise<void> {
    const { store, held } = this.options;
    clearInterval(this.#timer);
    this.#isLost = true;
    this.#letGo = () => undefined;
    if (held.get(this.id) === this) held.delete(this.id);
    // Where it cannot be released it ends by itself.
    await store.release(this.id, this.#owner).catch(() => undefined);
  }
}

/**
 * One writer for each upload, whichever process it talks to. Whoever waits for an upload asks its writer to let go, as the tus
 * protocol wants it: connections that are dead on one side must not keep an upload from going on.
 */
export class UploadLocker implements Locker {
  /** Locks this process holds, by upload. */
  readonly #held = new Map<string, UploadLock>();

  /** @param options.leaseMillis - how long a process that is gone holds an upload. Default: 15,000 */
  constructor(
    private readonly store: UploadLockStore,
    private readonly options: { leaseMillis?: number } = {},
  ) {}

  newLock(id: string): Lock {
    return this.#newLock(id);
  }

  #newLock(id: string): UploadLock {
    return new UploadLock(id, {
      store: this.store,
      held: this.#held,
      leaseMillis: this.options.leaseMillis ?? LEASE_MILLIS,
    });
  }

  /**
   * For whoever writes under a lock that was just acquired. It does not ask the database: when in doubt, the lock is lost.
   */
  fence(id: string): Fence {
    const lock = this.#held.get(id);
    return () => lock?.isHeld ?? false;
  }

  /** Does something to an upload while nobody writes to it. @throws ConflictError when its writer does not let go, and what the work throws */
  async exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    const lock = this.#newLock(id);
    const { signal } = new AbortController();
    // Whoever waits has to wait until it is done.
    if (!(await lock.acquire(signal, () => undefined))) {
      throw new ConflictError('the upload is being written to; try again');
    }
    try {
      return await work();
    } finally {
      await lock.unlock();
    }
  }
}

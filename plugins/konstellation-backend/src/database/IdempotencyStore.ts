import { createHash, createHmac } from 'node:crypto';
import { ConflictError } from '@backstage/errors';
import type { Database } from './Database';
import type { Millis } from './rows';

interface IdempotencyRow {
  key: string;
  body_hash: string;
  status: number | null;
  answer: string | null;
  created_at: Millis;
  owner: string | null;
  lease_until: Millis | null;
  committed: boolean | number;
  subject: string | null;
}

const KEPT_MILLIS = 24 * 60 * 60 * 1000;
/** How long a process is believed to be at work that did not say so again. */
const LEASE_MILLIS = 15_000;
const RENEW_MILLIS = 5_000;

/** What became of the first request with a key. */
export type FirstRequest =
  | { is: 'new' }
  | { is: 'answered'; status: number; answer: unknown }
  /** Its process died after it had taken effect and before it answered. */
  | { is: 'unanswered'; subject?: string };

/** Hash of what a request is found by; hex. */
export function hashOf(...parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}

/** Answers to writes with an Idempotency-Key, kept for a day. */
export class IdempotencyStore {
  /** @param secret - bodies may hold secrets: what is stored of them cannot be guessed without it */
  constructor(
    private readonly database: Database,
    private readonly secret: Buffer,
  ) {}

  #rows() {
    return this.database.knex<IdempotencyRow>('idempotency_keys');
  }

  #fingerprint(body: string): string {
    return createHmac('sha256', this.secret).update(body).digest('hex');
  }

  /**
   * Begins a write. A request whose process is gone is taken over: carried out again if it had not taken effect, answered anew
   * if it had.
   * @param body - all that must be the same
   * @param owner - of this request, not used before
   * @throws ConflictError for another body, or while the first is still running
   */
  async begin(key: string, body: string, owner: string): Promise<FirstRequest> {
    const bodyHash = this.#fingerprint(body);
    const now = this.database.now().getTime();
    const lease = { owner, lease_until: now + LEASE_MILLIS };
    const inserted = await this.#rows()
      .insert({ key, body_hash: bodyHash, created_at: now, ...lease })
      .onConflict('key')
      .ignore()
      .returning('key');
    if (inserted.length > 0) return { is: 'new' };
    const row = await this.#rows().where({ key }).first();
    if (!row) return this.begin(key, body, owner);
    if (row.body_hash !== bodyHash) {
      throw new ConflictError(
        'this Idempotency-Key was used with another body; take a new one',
      );
    }
    if (row.status !== null && row.answer !== null) {
      return {
        is: 'answered',
        status: row.status,
        answer: JSON.parse(row.answer),
      };
    }
    const taken = await this.#rows()
      .where({ key, owner: row.owner, committed: row.committed })
      .where(builder =>
        builder.whereNull('lease_until').orWhere('lease_until', '<=', now),
      )
      .update(lease);
    if (taken === 0) {
      throw new ConflictError(
        'the first request with this Idempotency-Key is still running',
      );
    }
    return row.committed
      ? { is: 'unanswered', subject: row.subject ?? undefined }
      : { is: 'new' };
  }

  /** Says again and again that the request is being worked on, until the returned function is called. */
  keep(key: string, owner: string): () => void {
    const timer = setInterval(() => {
      void this.#rows()
        .where({ key, owner })
        .update({ lease_until: this.database.now().getTime() + LEASE_MILLIS })
        .then(undefined, () => undefined);
    }, RENEW_MILLIS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Ends a write. @param stored - its answer; without it the next such request is answered anew */
  async finish(
    key: string,
    owner: string,
    stored?: { status: number; answer: unknown },
  ): Promise<void> {
    await this.#rows()
      .where({ key, owner })
      .update(
        stored
          ? {
              status: stored.status,
              answer: JSON.stringify(stored.answer ?? null),
            }
          : { committed: true, lease_until: 0 },
      );
  }

  /** A request that failed may be sent again with the same key. */
  async forget(key: string, owner: string): Promise<void> {
    await this.#rows().where({ key, owner, committed: false }).delete();
  }

  /** Removes what is older than a day. */
  async removeOld(): Promise<void> {
    const before = this.database.now().getTime() - KEPT_MILLIS;
    await this.#rows().where('created_at', '<', before).delete();
  }

  /** With one process, every request under way is of one that is gone. */
  async endLeases(): Promise<void> {
    if (this.database.isShared) return;
    await this.#rows().whereNull('status').update({ lease_until: 0 });
  }
}

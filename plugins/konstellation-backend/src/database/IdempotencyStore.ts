import { createHash } from 'node:crypto';
import { ConflictError } from '@backstage/errors';
import type { Database } from './Database';
import type { Millis } from './rows';

interface IdempotencyRow {
  key: string;
  body_hash: string;
  status: number | null;
  answer: string | null;
  created_at: Millis;
}

const KEPT_MILLIS = 24 * 60 * 60 * 1000;

export interface StoredAnswer {
  status: number;
  answer: unknown;
}

/** Hash of what a key is bound to, or of a body. */
export function hashOf(...parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}

/** Answers to writes with an Idempotency-Key, kept for a day. */
export class IdempotencyStore {
  constructor(private readonly database: Database) {}

  /**
   * @returns the first answer when there is one; undefined when this is the first
   * @throws ConflictError for another body, or while the first is still running
   */
  async begin(
    key: string,
    bodyHash: string,
  ): Promise<StoredAnswer | undefined> {
    const { knex } = this.database;
    const now = this.database.now().getTime();
    await knex<IdempotencyRow>('idempotency_keys')
      .where('created_at', '<', now - KEPT_MILLIS)
      .delete();
    const inserted = await knex<IdempotencyRow>('idempotency_keys')
      .insert({ key, body_hash: bodyHash, created_at: now })
      .onConflict('key')
      .ignore()
      .returning('key');
    if (inserted.length > 0) return undefined;
    const row = await knex<IdempotencyRow>('idempotency_keys')
      .where({ key })
      .first();
    if (!row) return undefined;
    if (row.body_hash !== bodyHash) {
      throw new ConflictError(
        'this Idempotency-Key was used with another body; take a new one',
      );
    }
    if (row.status === null || row.answer === null) {
      throw new ConflictError(
        'the first request with this Idempotency-Key is still running',
      );
    }
    return { status: row.status, answer: JSON.parse(row.answer) };
  }

  async finish(key: string, stored: StoredAnswer): Promise<void> {
    await this.database
      .knex<IdempotencyRow>('idempotency_keys')
      .where({ key })
      .update({
        status: stored.status,
        answer: JSON.stringify(stored.answer ?? {}),
      });
  }

  /** A request that failed may be sent again with the same key. */
  async forget(key: string): Promise<void> {
    await this.database
      .knex<IdempotencyRow>('idempotency_keys')
      .where({ key })
      .delete();
  }
}

import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Database } from './Database';
import type { Millis } from './rows';

interface UploadRow {
  id: string;
  runtime: string;
  solution: string;
  actor: string;
  size: Millis;
  digest: string | null;
  version: string | null;
  created_at: Millis;
  touched_at: Millis;
}

/** A package on its way. */
export interface UploadRecord {
  id: string;
  runtime: string;
  solution: string;
  actor: string;
  /** Bytes of all of it. */
  size: number;
  /** What the sender says its digest is. */
  digest?: string;
  /** Name of the version it became. */
  version?: string;
}

/** Uploads one user may have under way. */
const MAX_OPEN = 16;

function toRecord(row: UploadRow): UploadRecord {
  return {
    id: row.id,
    runtime: row.runtime,
    solution: row.solution,
    actor: row.actor,
    size: Number(row.size),
    digest: row.digest ?? undefined,
    version: row.version ?? undefined,
  };
}

/** Who sends what where. The bytes are in the package store. */
export class UploadStore {
  constructor(private readonly database: Database) {}

  #rows() {
    return this.database.knex<UploadRow>('uploads');
  }

  /** @throws ConflictError when the user has too many under way */
  async create(upload: UploadRecord): Promise<void> {
    const open = await this.#rows()
      .where({ actor: upload.actor, version: null })
      .count({ count: '*' })
      .first();
    if (Number(open?.count ?? 0) >= MAX_OPEN) {
      throw new ConflictError(
        `you have ${MAX_OPEN} uploads under way; finish or cancel one of them`,
      );
    }
    const now = this.database.now().getTime();
    await this.#rows().insert({
      id: upload.id,
      runtime: upload.runtime,
      solution: upload.solution,
      actor: upload.actor,
      size: upload.size,
      digest: upload.digest ?? null,
      version: null,
      created_at: now,
      touched_at: now,
    });
  }

  /** @throws NotFoundError also for the upload of somebody else */
  async get(id: string, actor: string): Promise<UploadRecord> {
    const row = await this.#rows().where({ id, actor }).first();
    if (!row) {
      throw new NotFoundError('there is no such upload, or it was abandoned');
    }
    return toRecord(row);
  }

  async touch(id: string): Promise<void> {
    const touched_at = this.database.now().getTime();
    await this.#rows().where({ id }).update({ touched_at });
  }

  /** It has become a version; kept for a while, so that asking again gets the same answer. */
  async finish(id: string, version: string): Promise<void> {
    const touched_at = this.database.now().getTime();
    await this.#rows().where({ id }).update({ version, touched_at });
  }

  async remove(id: string): Promise<void> {
    await this.#rows().where({ id }).delete();
  }

  /** Uploads nobody has sent anything to for so long, oldest first. */
  async abandoned(idleMillis: number): Promise<UploadRecord[]> {
    const rows = await this.#rows()
      .where('touched_at', '<', this.database.now().getTime() - idleMillis)
      .orderBy('touched_at')
      .limit(100);
    return rows.map(toRecord);
  }
}

import type { Knex } from 'knex';
import type { ConfigurationRevision } from '@konstellation/backstage-plugin-konstellation-common';
import type { ValueCipher } from '../configuration/ValueCipher';
import type { Database } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import type {
  ConfigurationEntries,
  ConfigurationRow,
  VersionRow,
} from './rows';

/** A value with where it came from. */
export interface ConfigurationValue {
  value: string;
  inheritedFrom?: string;
  unconfirmed?: boolean;
}

export type ConfigurationValues = Record<string, ConfigurationValue>;

const BATCH = 100;

/** Revisions of configurations; values lie encrypted in them and are decrypted here alone. */
export class ConfigurationStore {
  constructor(
    private readonly database: Database,
    private readonly cipher: ValueCipher,
  ) {}

  /** All values of a revision that are set. */
  async values(
    uid: string,
    revision: number,
    knex: Knex = this.database.knex,
  ): Promise<ConfigurationValues> {
    const row = await knex<ConfigurationRow>('configuration_revisions')
      .where({ version_uid: uid, revision })
      .first();
    return row ? this.#decrypt(row) : {};
  }

  async insert(
    tx: Knex,
    revision: {
      uid: string;
      revision: number;
      values: ConfigurationValues;
      changes: ConfigurationRevision['changes'];
      comment: string;
      actor: string;
    },
  ): Promise<void> {
    const { uid, revision: number } = revision;
    await tx<ConfigurationRow>('configuration_revisions').insert({
      version_uid: uid,
      revision: number,
      ...this.#encrypt(uid, number, revision.values),
      changes: JSON.stringify(revision.changes),
      comment: revision.comment,
      created_by: revision.actor,
      created_at: this.database.now().getTime(),
    });
  }

  /** Number of the newest revision, whether it is in use or not. */
  async newest(tx: Knex, uid: string): Promise<number> {
    const row = await tx<ConfigurationRow>('configuration_revisions')
      .where({ version_uid: uid })
      .max({ revision: 'revision' })
      .first();
    return Number(row?.revision ?? 0);
  }

  /** Newest first. */
  async list(
    version: Pick<VersionRow, 'uid'> & {
      configurationRevision: number;
      releaseRevision?: number;
    },
    query: PageQuery,
  ): Promise<{ items: ConfigurationRevision[]; nextCursor?: string }> {
    const limit = readLimit(query.limit);
    const before = decodeCursor(query.cursor);
    const select = this.database
      .knex<ConfigurationRow>('configuration_revisions')
      .where({ version_uid: version.uid })
      .orderBy('revision', 'desc')
      .limit(limit + 1)
      .select(
        'revision',
        'changes',
        'entries',
        'comment',
        'created_by',
        'created_at',
      );
    if (before !== undefined) void select.where('revision', '<', before);
    return toPage(
      await select,
      limit,
      row => String(row.revision),
      row => ({
        revision: row.revision,
        createdBy: row.created_by,
        createdAt: new Date(Number(row.created_at)).toISOString(),
        comment: row.comment,
        changes: row.changes === null ? [] : JSON.parse(row.changes),
        current: row.revision === version.configurationRevision,
        running: row.revision === version.releaseRevision,
      }),
    );
  }

  /**
   * @throws Error naming a key that is missing: without it versions could not be started, so the portal does not begin
   */
  async checkKeys(): Promise<void> {
    const rows = await this.database
      .knex<ConfigurationRow>('configuration_revisions')
      .whereNotNull('key_id')
      .groupBy('key_id')
      .count({ count: '*' })
      .select<Array<{ key_id: string; count: number | string }>>('key_id');
    const missing = rows.filter(({ key_id }) => !this.cipher.knows(key_id));
    if (missing.length === 0) return;
    const named = missing.map(
      ({ key_id, count }) => `"${key_id}" (${count} configuration revisions)`,
    );
    throw new Error(
      `konstellation.encryption.keys lacks keys that stored values are encrypted with: ${named.join(
        ', ',
      )}. Put them back below the key that is to be used from now on`,
    );
  }

  /** Encrypts with the current key what is not encrypted, or with another one. @returns how many revisions */
  async reencrypt(): Promise<number> {
    let done = 0;
    for (;;) {
      const rows = await this.database
        .knex<ConfigurationRow>('configuration_revisions')
        .whereNull('key_id')
        .orWhereNot('key_id', this.cipher.keyId)
        .limit(BATCH);
      for (const row of rows) {
        const { version_uid, revision, key_id } = row;
        done += await this.database
          .knex<ConfigurationRow>('configuration_revisions')
          .where({ version_uid, revision, key_id })
          .update(this.#encrypt(version_uid, revision, this.#decrypt(row)));
      }
      if (rows.length < BATCH) return done;
    }
  }

  #encrypt(uid: string, revision: number, values: ConfigurationValues) {
    const entries: ConfigurationEntries = {};
    const secrets: Record<string, string> = {};
    for (const [key, { value, ...rest }] of Object.entries(values)) {
      entries[key] = rest;
      const place = { versionUid: uid, revision, key };
      secrets[key] = this.cipher.encrypt(value, place);
    }
    return {
      entries: JSON.stringify(entries),
      secrets: JSON.stringify(secrets),
      key_id: this.cipher.keyId,
    };
  }

  #decrypt(row: ConfigurationRow): ConfigurationValues {
    const entries: ConfigurationEntries = JSON.parse(row.entries);
    const secrets: Record<string, string> = JSON.parse(row.secrets ?? '{}');
    const values: ConfigurationValues = {};
    for (const [key, { value, ...rest }] of Object.entries(entries)) {
      const secret = secrets[key];
      const place = {
        versionUid: row.version_uid,
        revision: row.revision,
        key,
      };
      const text =
        secret !== undefined && row.key_id !== null
          ? this.cipher.decrypt(secret, row.key_id, place)
          : value;
      if (text) values[key] = { value: text, ...rest };
    }
    return values;
  }
}

import type { ActivityRecord } from '../domain/types';
import type { Database } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import { toActivity, type ActivityRow } from './rows';

/** The activity log, which is only ever added to. */
export class ActivityStore {
  constructor(private readonly database: Database) {}

  /** Newest first. @param query.runtimes - the runtimes the caller may read, undefined for all */
  async list(
    query: PageQuery & {
      runtimes?: string[];
      version?: string;
      actor?: string;
      type?: string;
    },
  ): Promise<{ items: ActivityRecord[]; nextCursor?: string }> {
    const limit = readLimit(query.limit);
    const before = decodeCursor(query.cursor);
    const select = this.database
      .knex<ActivityRow>('activities')
      .orderBy('id', 'desc')
      .limit(limit + 1);
    if (query.runtimes) void select.whereIn('runtime', query.runtimes);
    if (query.version) void select.where({ version: query.version });
    if (query.actor) void select.where({ actor: query.actor });
    if (query.type) void select.whereRaw('type = ?', [query.type]);
    if (before !== undefined) void select.where('id', '<', before);
    return toPage(await select, limit, row => row.id, toActivity);
  }
}

import type { ActivityFilter } from '@konstellation/backstage-plugin-konstellation-common';
import type { ActivityRecord } from '../domain/types';
import type { Visibility } from '../permissions/visibility';
import type { Database } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import { toActivity, type ActivityRow } from './rows';
import { whereVisible } from './whereVisible';

/** The activity log, which is only ever added to. */
export class ActivityStore {
  constructor(private readonly database: Database) {}

  /**
   * Newest first. What happened in a runtime that is gone is seen only by those who may see every runtime, also where another one
   * has its id now.
   * @param query.visible - the runtimes the caller may read
   */
  async list(
    query: PageQuery & ActivityFilter & { visible: Visibility },
  ): Promise<{ items: ActivityRecord[]; nextCursor?: string }> {
    const { runtime, version, actor, type, since, until, visible } = query;
    const limit = readLimit(query.limit);
    const before = decodeCursor(query.cursor);
    const select = this.database
      .knex<ActivityRow>('activities')
      .orderBy('id', 'desc')
      .limit(limit + 1);
    if (runtime) void select.where({ runtime });
    if (version) void select.where({ version });
    if (actor) void select.where({ actor });
    if (type) void select.whereRaw('type = ?', [type]);
    if (since) void select.where('at', '>=', Date.parse(since));
    if (until) void select.where('at', '<', Date.parse(until));
    if (before !== undefined) void select.where('id', '<', before);
    if (visible.is !== 'all') {
      void select.whereExists(runtimes => {
        void runtimes
          .from('runtimes')
          .whereRaw('runtimes.id = activities.runtime')
          .whereRaw('runtimes.created_at <= activities.at')
          .select('runtimes.id');
        whereVisible(runtimes, visible);
      });
    }
    return toPage(await select, limit, row => row.id, toActivity);
  }
}

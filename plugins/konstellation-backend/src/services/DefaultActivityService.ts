import type {
  Activity,
  ActivityFilter,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { ActivityStore } from '../database/ActivityStore';
import type { PageQuery } from '../database/paging';
import type { Visibility } from '../permissions/visibility';
import { toActivityAnswer } from './presentation';

const EXPORT_PAGE = 200;

/** The activity log, without permissions. */
export class DefaultActivityService {
  constructor(private readonly activities: ActivityStore) {}

  async list(query: PageQuery & ActivityFilter & { visible: Visibility }) {
    const page = await this.activities.list(query);
    return { ...page, items: page.items.map(toActivityAnswer) };
  }

  async *export(
    query: ActivityFilter & { visible: Visibility },
  ): AsyncGenerator<Activity> {
    let cursor: string | undefined;
    do {
      const page = await this.list({ ...query, limit: EXPORT_PAGE, cursor });
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor);
  }
}

import type {
  Activity,
  ActivityFilter,
  Page,
  PageOptions,
} from '@konstellation/backstage-plugin-konstellation-common';

/** One page of a list; cursors are positions. */
export function pageOf<T>(items: T[], query: PageOptions = {}): Page<T> {
  const from = Number(query.cursor ?? 0);
  const to = from + (query.limit ?? 50);
  return {
    items: items.slice(from, to),
    nextCursor: to < items.length ? String(to) : undefined,
  };
}

/** The activities that a filter lets through. */
export function filterActivities(
  activities: Activity[],
  { runtime, version, actor, type, since, until }: ActivityFilter,
): Activity[] {
  return activities.filter(
    each =>
      (!runtime || each.runtime === runtime) &&
      (!version || each.version === version) &&
      (!actor || each.actor === actor) &&
      (!type || each.type === type) &&
      (!since || each.at >= since) &&
      (!until || each.at < until),
  );
}

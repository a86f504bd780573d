import type { Page } from '@konstellation/backstage-plugin-konstellation-common';

/** The most a portal gives at once. */
const PAGE = 200;
/** Items read, where no limit is given. */
const MAX_ITEMS = 20_000;

/** Items of as many pages as it takes. */
export async function readAll<T>(
  read: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
  most = MAX_ITEMS,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(PAGE, most - items.length);
    const page = await read({ limit, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined && items.length < most);
  return items;
}

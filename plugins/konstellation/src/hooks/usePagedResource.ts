import { useState } from 'react';
import type {
  Page,
  PageOptions,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useResource, type Resource } from './useResource';

const PAGE_SIZE = 50;
/** The API's own bound of one page. */
const MAXIMUM_PAGE_SIZE = 200;
/** Beyond this a search serves better than scrolling. */
const MAXIMUM_ITEMS = 1000;

/** A list that grows page by page and stays live as a whole. */
export interface PagedResource<T> extends Resource<T[]> {
  /** Shows another page; absent when all are shown, or as many as are shown at most. */
  showMore?: () => void;
  /** True when there are more than are shown at most. */
  isCapped: boolean;
}

/** Reads pages until `count` items or the end, so that a list that was made longer reloads as long as it is. */
export async function collectPages<T>(
  load: (page: PageOptions) => Promise<Page<T>>,
  count: number,
): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(count - items.length, MAXIMUM_PAGE_SIZE);
    const page = await load({ limit, cursor });
    items.push(...page.items);
    cursor = page.items.length > 0 ? page.nextCursor : undefined;
  } while (cursor && items.length < count);
  return { items, more: cursor !== undefined };
}

/** {@link useResource} for a list with cursors. */
export function usePagedResource<T>(
  key: string | undefined,
  load: (page: PageOptions, signal: AbortSignal) => Promise<Page<T>>,
  pageSize: number = PAGE_SIZE,
): PagedResource<T> {
  const [extent, setExtent] = useState({ key, count: pageSize });
  const count = extent.key === key ? extent.count : pageSize;
  const resource = useResource(key, signal =>
    collectPages(page => load(page, signal), count),
  );
  const hasMore = resource.value?.more ?? false;
  const canGrow = hasMore && count < MAXIMUM_ITEMS;

  return {
    ...resource,
    value: resource.value?.items,
    replace: items => resource.replace({ items, more: hasMore }),
    isCapped: hasMore && !canGrow,
    showMore: canGrow
      ? () => {
          setExtent({ key, count: Math.min(count * 2, MAXIMUM_ITEMS) });
          // The load of the new extent is in place after this render.
          setTimeout(resource.reload);
        }
      : undefined,
  };
}

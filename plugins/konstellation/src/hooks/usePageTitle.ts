import { useEffect } from 'react';
import { configApiRef, useApi } from '@backstage/core-plugin-api';

/**
 * Names the page in the browser's tab and history, what it is about first.
 * @param parts - from the page up to what holds it
 */
export function usePageTitle(parts: string[]): void {
  const portal = useApi(configApiRef).getOptionalString('app.title');
  const title = [...parts, ...(portal ? [portal] : [])].join(' · ');
  useEffect(() => {
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
}

import { useRouteRef } from '@backstage/core-plugin-api';
import { useTexts } from '../../hooks/useTexts';
import { rootRouteRef } from '../../routes';
import type { PageTab } from '../PageFrame/PageFrame';

/** What there is about all runtimes at once. */
export function useOverviewTabs(): PageTab[] {
  const t = useTexts();
  const rootPath = useRouteRef(rootRouteRef)();
  return [
    { id: 'runtimes', label: t('runtimes.tabRuntimes'), href: rootPath },
    {
      id: 'activity',
      label: t('runtimes.tabActivity'),
      href: `${rootPath}/activity`,
    },
  ];
}

import { useTexts } from '../../hooks/useTexts';
import { ActivityLog } from '../Activity/ActivityLog';
import { PageFrame } from '../PageFrame/PageFrame';
import { useOverviewTabs } from './useOverviewTabs';

/** What was done in every runtime the user may see. */
export function AllActivityPage() {
  const t = useTexts();
  const tabs = useOverviewTabs();
  return (
    <PageFrame title={t('runtimes.title')} tabs={tabs}>
      <ActivityLog place={{}} />
    </PageFrame>
  );
}

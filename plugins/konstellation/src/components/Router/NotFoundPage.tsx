import { useRouteRef } from '@backstage/core-plugin-api';
import { useTexts } from '../../hooks/useTexts';
import { rootRouteRef } from '../../routes';
import { NotFoundNotice } from '../Common/NotFoundNotice';
import { PageFrame } from '../PageFrame/PageFrame';

/** For an address that was never one, or is none any more. */
export function NotFoundPage() {
  const t = useTexts();
  const href = useRouteRef(rootRouteRef)();
  return (
    <PageFrame
      title={t('notFound.page')}
      breadcrumbs={[{ label: t('runtimes.title'), href }]}
    >
      <NotFoundNotice href={href} back={t('runtime.backToRuntimes')} />
    </PageFrame>
  );
}

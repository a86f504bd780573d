import { Header, Page } from '@backstage/core-components';
import { useTexts } from '../../hooks/useTexts';
import { KonstellationRouter } from './KonstellationRouter';

/** The pages with the header of the legacy frontend system. */
export function LegacyPage() {
  const t = useTexts();
  return (
    <Page themeId="service">
      <Header title={t('pluginTitle')} />
      <article style={{ gridArea: 'pageContent', minWidth: 0 }}>
        <KonstellationRouter />
      </article>
    </Page>
  );
}

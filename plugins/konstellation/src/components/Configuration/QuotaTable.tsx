import type { ConfigurationPreview } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { AmountTable } from '../Common/AmountTable';
import { StatusShape } from '../Status/StatusShape';
import { nodeLooks } from '../Status/tones';
import styles from './Configuration.module.css';

/** Whether a second release fits into the quota of the runtime, resource by resource. */
export function QuotaTable(props: { quota: ConfigurationPreview['quota'] }) {
  const t = useTexts();
  return (
    <AmountTable
      caption={t('review.quota')}
      columns={[
        t('review.resource'),
        t('review.used'),
        t('review.needed'),
        t('review.limit'),
        t('review.room'),
      ]}
      rows={props.quota.map(each => ({
        resource: each.resource,
        cells: [
          each.used,
          each.needed,
          each.limit,
          <span key="room" className={styles.room}>
            <StatusShape
              look={each.hasRoom ? nodeLooks.READY : nodeLooks.ERROR}
            />
            {each.hasRoom ? t('review.hasRoom') : t('review.noRoom')}
          </span>,
        ],
      }))}
    />
  );
}

import type { ConfigurationPreview } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { StatusShape } from '../Status/StatusShape';
import { nodeLooks } from '../Status/tones';
import styles from './Configuration.module.css';

/** Whether a second release fits into the quota of the runtime, resource by resource. */
export function QuotaTable(props: { quota: ConfigurationPreview['quota'] }) {
  const t = useTexts();
  return (
    <div className={styles.quotaScroller}>
      <table className={styles.quota}>
        <caption>{t('review.quota')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('review.resource')}</th>
            <th scope="col">{t('review.used')}</th>
            <th scope="col">{t('review.needed')}</th>
            <th scope="col">{t('review.limit')}</th>
            <th scope="col">{t('review.room')}</th>
          </tr>
        </thead>
        <tbody>
          {props.quota.map(each => (
            <tr key={each.resource}>
              <th scope="row">{each.resource}</th>
              <td>{each.used}</td>
              <td>{each.needed}</td>
              <td>{each.limit}</td>
              <td>
                <span className={styles.room}>
                  <StatusShape
                    look={each.hasRoom ? nodeLooks.READY : nodeLooks.ERROR}
                  />
                  {each.hasRoom ? t('review.hasRoom') : t('review.noRoom')}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

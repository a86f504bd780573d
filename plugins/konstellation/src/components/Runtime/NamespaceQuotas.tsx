import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { QUOTA_RESOURCES } from './quota';
import styles from './Runtime.module.css';
import { SettingsGroup } from './SettingsGroup';

/** What the quotas of a namespace allow that is not the portal's: its owner sets them. */
export function NamespaceQuotas({ runtime }: { runtime: Runtime }) {
  const t = useTexts();
  const labels: Record<string, string> = Object.fromEntries(
    Object.entries(QUOTA_RESOURCES).map(([name, text]) => [name, t(text)]),
  );
  const { namespace, namespaceQuotas: quotas } = runtime;
  return (
    <SettingsGroup
      title={t('settings.quota')}
      hint={t('settings.quotaOfNamespace', { namespace })}
    >
      {!quotas && <p>{t('settings.quotaUnknown')}</p>}
      {quotas?.length === 0 && <p>{t('settings.quotaNothing')}</p>}
      {quotas?.map(({ name, hard, used }) => (
        <div key={name} className={styles.quotaScroller}>
          <table className={styles.quotaTable}>
            <caption>{name}</caption>
            <thead>
              <tr>
                <th scope="col">{t('settings.quotaResource')}</th>
                <th scope="col">{t('settings.quotaUsed')}</th>
                <th scope="col">{t('settings.quotaLimit')}</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(hard).map(([resource, amount]) => (
                <tr key={resource}>
                  <th scope="row">{labels[resource] ?? resource}</th>
                  <td>{used[resource] ?? '–'}</td>
                  <td>{amount}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </SettingsGroup>
  );
}

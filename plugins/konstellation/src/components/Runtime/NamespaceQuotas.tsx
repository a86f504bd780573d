import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { AmountTable } from '../Common/AmountTable';
import { QUOTA_RESOURCES } from './quota';
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
        <AmountTable
          key={name}
          caption={name}
          columns={[
            t('settings.quotaResource'),
            t('settings.quotaUsed'),
            t('settings.quotaLimit'),
          ]}
          rows={Object.entries(hard).map(([resource, amount]) => ({
            resource,
            title: labels[resource],
            cells: [used[resource] ?? '–', amount],
          }))}
        />
      ))}
    </SettingsGroup>
  );
}

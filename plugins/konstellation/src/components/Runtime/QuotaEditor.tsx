import { TextField } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { isAmount, QUOTA_RESOURCES } from './quota';
import styles from './Runtime.module.css';
import { SettingsGroup } from './SettingsGroup';

/** What all versions of a runtime may take together. Read-only without `onChange`. */
export function QuotaEditor(props: {
  /** Amounts by resource. */
  quota: Record<string, string>;
  onChange?: (quota: Record<string, string>) => void;
}) {
  const t = useTexts();
  const { quota, onChange } = props;
  const labels: Record<string, string> = Object.fromEntries(
    Object.entries(QUOTA_RESOURCES).map(([name, text]) => [name, t(text)]),
  );
  // A quota may have others, which were set by another way.
  const names = [...new Set([...Object.keys(labels), ...Object.keys(quota)])];
  return (
    <SettingsGroup title={t('settings.quota')} hint={t('settings.quotaHint')}>
      <div className={styles.quota}>
        {names.map(name => (
          <TextField
            key={name}
            label={labels[name] ?? name}
            placeholder={t('settings.quotaNone')}
            isReadOnly={!onChange}
            validationBehavior="aria"
            validate={text =>
              isAmount(text.trim()) ? undefined : t('settings.quotaInvalid')
            }
            value={quota[name] ?? ''}
            onChange={text => onChange?.({ ...quota, [name]: text.trim() })}
          />
        ))}
      </div>
    </SettingsGroup>
  );
}

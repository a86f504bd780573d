import { TextField } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import styles from './Runtime.module.css';
import { gpuFault, type GpuDraft } from './scaling';
import { SettingsGroup } from './SettingsGroup';

const FIELDS = {
  resource: {
    label: 'settings.gpuResource',
    wrong: 'settings.gpuResourceWrong',
  },
  count: { label: 'settings.gpuCount', wrong: 'settings.gpuCountWrong' },
} as const;
const NAMES = ['resource', 'count'] as const;

/** What nodes with a GPU get. Read-only without `onChange`. */
export function GpuEditor(props: {
  gpu: GpuDraft;
  onChange?: (gpu: GpuDraft) => void;
}) {
  const t = useTexts();
  const { gpu, onChange } = props;
  const fault = gpuFault(gpu);
  return (
    <SettingsGroup title={t('settings.gpu')} hint={t('settings.gpuHint')}>
      <div className={styles.quota}>
        {NAMES.map(name => (
          <TextField
            key={name}
            label={t(FIELDS[name].label)}
            inputMode={name === 'count' ? 'numeric' : 'text'}
            placeholder={t('settings.gpuDefault')}
            isReadOnly={!onChange}
            validationBehavior="aria"
            validate={() =>
              fault === name ? t(FIELDS[name].wrong) : undefined
            }
            value={gpu[name]}
            onChange={text => onChange?.({ ...gpu, [name]: text.trim() })}
          />
        ))}
      </div>
    </SettingsGroup>
  );
}

import { useState } from 'react';
import { Button, Checkbox, PasswordField, TextAreaField } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import styles from './Configuration.module.css';
import type { ConfigurationEntry } from './configurationDraft';

const MASK = '••••••••';

/** One key with its value, hidden until asked for. */
export function ConfigurationField(props: {
  entry: ConfigurationEntry;
  /** The new text, once edited. */
  edited: string | undefined;
  isMissing: boolean;
  isConfirmed: boolean;
  isReadOnly: boolean;
  onChange: (value: string) => void;
  onConfirm: (isConfirmed: boolean) => void;
}) {
  const { entry, edited, isMissing } = props;
  const t = useTexts();
  const [isRevealed, setRevealed] = useState(!entry.isSet);

  const hints: Array<string | false | undefined> = [
    isMissing && t('configuration.missing'),
    entry.isSet && entry.value === undefined && t('configuration.hidden'),
    entry.inheritedFrom &&
      t(
        entry.unconfirmed
          ? 'configuration.unconfirmed'
          : 'configuration.inheritedFrom',
        { version: entry.inheritedFrom },
      ),
  ];
  const hint = hints.filter(Boolean).join(' · ');

  const common = {
    label: entry.key,
    description: hint || undefined,
    value: edited ?? entry.value ?? '',
    placeholder: entry.isSet && edited === undefined ? MASK : undefined,
    isReadOnly: props.isReadOnly,
    autoComplete: 'off',
    onChange: props.onChange,
  };

  return (
    <div className={styles.field} data-missing={isMissing || undefined}>
      {entry.type === 'variable' && <PasswordField {...common} />}
      {entry.type === 'file' && isRevealed && (
        <TextAreaField
          {...common}
          secondaryLabel={t('configuration.file')}
          rows={6}
        />
      )}
      {entry.type === 'file' && !isRevealed && (
        <div className={styles.hiddenFile}>
          <strong>{entry.key}</strong>
          <span>{hint}</span>
          <span aria-hidden="true">{MASK}</span>
          <Button
            size="small"
            variant="secondary"
            onPress={() => setRevealed(true)}
          >
            {entry.value === undefined
              ? t('configuration.change')
              : t('configuration.reveal', { key: entry.key })}
          </Button>
        </div>
      )}
      {entry.unconfirmed && entry.inheritedFrom && edited === undefined && (
        <Checkbox
          isSelected={props.isConfirmed}
          isDisabled={props.isReadOnly}
          onChange={props.onConfirm}
        >
          {t('configuration.confirm', { version: entry.inheritedFrom })}
        </Checkbox>
      )}
    </div>
  );
}

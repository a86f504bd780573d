import { useState, type KeyboardEvent } from 'react';
import { Button, ButtonIcon, Text, TextField } from '@backstage/ui';
import { RiDeleteBinLine } from '@remixicon/react';
import { useTexts } from '../../hooks/useTexts';
import { isOrigin } from './origins';
import styles from './Runtime.module.css';
import { SettingsGroup } from './SettingsGroup';

/** The web origins that may call predictions. Read-only without `onChange`. */
export function OriginsEditor(props: {
  origins: string[];
  onChange?: (origins: string[]) => void;
}) {
  const t = useTexts();
  const { origins, onChange } = props;
  const [typed, setTyped] = useState('');
  const [checked, setChecked] = useState(false);
  const origin = typed.trim().replace(/\/$/, '');

  const fault = () => {
    if (origins.includes(origin)) {
      return t('settings.originDuplicate');
    }
    return checked && !isOrigin(origin)
      ? t('settings.originInvalid')
      : undefined;
  };
  const add = () => {
    setChecked(true);
    if (isOrigin(origin) && !origins.includes(origin)) {
      onChange?.([...origins, origin]);
      setTyped('');
      setChecked(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      // Adds the entry instead of sending the form around it.
      event.preventDefault();
      add();
    }
  };

  return (
    <SettingsGroup
      title={t('settings.origins')}
      hint={t('settings.originsHint')}
    >
      {origins.length === 0 && (
        <Text as="p" variant="body-medium">
          {t('settings.originsEmpty')}
        </Text>
      )}
      <ul className={styles.origins} aria-label={t('settings.origins')}>
        {origins.map(each => (
          <li key={each}>
            {each}
            {onChange && (
              <ButtonIcon
                size="small"
                variant="tertiary"
                aria-label={t('settings.removeOrigin', { origin: each })}
                icon={<RiDeleteBinLine />}
                onPress={() =>
                  onChange(origins.filter(other => other !== each))
                }
              />
            )}
          </li>
        ))}
      </ul>
      {onChange && (
        <div className={styles.addRow}>
          <TextField
            label={t('settings.origin')}
            placeholder="https://shop.example.com"
            validationBehavior="aria"
            validate={fault}
            value={typed}
            onChange={setTyped}
            onKeyDown={onKeyDown}
          />
          <Button variant="secondary" onPress={add} isDisabled={!origin}>
            {t('settings.addOrigin')}
          </Button>
        </div>
      )}
    </SettingsGroup>
  );
}

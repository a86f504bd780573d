import { ButtonIcon, Text } from '@backstage/ui';
import { RiDeleteBinLine } from '@remixicon/react';
import { useTexts } from '../../hooks/useTexts';
import { AddEntry } from './AddEntry';
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
        <AddEntry
          label={t('settings.origin')}
          placeholder="https://shop.example.com"
          button={t('settings.addOrigin')}
          read={text => text.trim().replace(/\/$/, '')}
          entries={origins}
          duplicate={t('settings.originDuplicate')}
          isValid={isOrigin}
          invalid={t('settings.originInvalid')}
          onAdd={origin => onChange([...origins, origin])}
        />
      )}
    </SettingsGroup>
  );
}

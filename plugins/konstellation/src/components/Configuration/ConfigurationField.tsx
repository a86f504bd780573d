import { useId, useState } from 'react';
import {
  ButtonIcon,
  Checkbox,
  PasswordField,
  TextAreaField,
} from '@backstage/ui';
import {
  RiArrowGoBackLine,
  RiDeleteBinLine,
  RiEditLine,
  RiEyeLine,
  RiEyeOffLine,
} from '@remixicon/react';
import { useTexts, type Texts } from '../../hooks/useTexts';
import { FileButton } from '../Common/FileButton';
import styles from './Configuration.module.css';
import type { ConfigurationEntry } from './configurationDraft';
import { formatKibibytes } from './configurationBounds';
import type { ConfigurationDraft } from './useConfigurationDraft';

const MASK = '••••••••';
const FILE_ROWS = 6;

/** One key with its value: hidden until asked for, or only replaceable where it may not be read. */
export function ConfigurationField(props: {
  entry: ConfigurationEntry;
  draft: ConfigurationDraft;
  isReadOnly: boolean;
}) {
  const { entry, draft, isReadOnly } = props;
  const { key } = entry;
  const t = useTexts();
  const hintId = useId();
  const faultId = useId();

  const edited = draft.values[key];
  const isEdited = edited !== undefined;
  const value = edited ?? entry.value ?? '';
  const fault = draft.faultOf(key);
  // One line of input cannot hold several.
  const isLong = entry.type === 'file' || value.includes('\n');
  const [isRevealed, setRevealed] = useState(!entry.isSet);
  const isMissing = draft.missing.includes(key);
  const isCleared = edited === '' && entry.isSet;
  const isWriteOnly = entry.isSet && entry.value === undefined;

  const control = {
    'aria-label': key,
    'aria-describedby': fault ? `${hintId} ${faultId}` : hintId,
    isInvalid: fault !== undefined,
    isReadOnly,
    value,
    placeholder:
      isWriteOnly && !isEdited
        ? t('configuration.hiddenPlaceholder')
        : undefined,
    onChange: (text: string) => {
      if (text === '' && isWriteOnly) {
        // Typed and taken back: the value that is set stays. To remove it there is a button.
        draft.undo(key);
      } else {
        draft.edit(entry, text);
      }
    },
  };

  return (
    <div
      className={styles.field}
      data-missing={(isMissing && !isCleared) || undefined}
      data-edited={isEdited || undefined}
    >
      <div className={styles.fieldHead}>
        <strong className={styles.key}>{key}</strong>
        {entry.type === 'file' && (
          <span className={styles.secondary}>{t('configuration.file')}</span>
        )}
        <span className={styles.fieldActions}>
          {isLong && (!isReadOnly || entry.value !== undefined) && (
            <ButtonIcon
              size="small"
              variant="tertiary"
              aria-expanded={isRevealed}
              aria-label={wordReveal(entry, isRevealed, t)}
              icon={<RevealIcon entry={entry} isRevealed={isRevealed} />}
              onPress={() => setRevealed(!isRevealed)}
            />
          )}
          {!isReadOnly && (
            <FieldActions entry={entry} draft={draft} isEdited={isEdited} />
          )}
        </span>
      </div>
      {!isLong && (
        // Keeps the browser from filling in a password of its own.
        <PasswordField {...control} autoComplete="new-password" />
      )}
      {isLong && isRevealed && (
        <TextAreaField {...control} autoComplete="off" rows={FILE_ROWS} />
      )}
      {isLong && !isRevealed && (
        <span className={styles.mask} aria-hidden="true">
          {entry.isSet || isEdited ? MASK : ''}
        </span>
      )}
      <span id={hintId} className={styles.hint}>
        {describeField(entry, draft, t)}
      </span>
      {fault && (
        <span id={faultId} role="alert" className={styles.fault}>
          {fault}
        </span>
      )}
      {entry.unconfirmed && entry.inheritedFrom && !isEdited && !isReadOnly && (
        <Checkbox
          isSelected={draft.confirmed.includes(key)}
          onChange={isConfirmed => draft.confirm([key], isConfirmed)}
        >
          {t('configuration.confirm', { version: entry.inheritedFrom })}
        </Checkbox>
      )}
    </div>
  );
}

function FieldActions(props: {
  entry: ConfigurationEntry;
  draft: ConfigurationDraft;
  isEdited: boolean;
}) {
  const { entry, draft } = props;
  const { key } = entry;
  const t = useTexts();
  return (
    <>
      <FileButton
        isIcon
        label={t('configuration.chooseFile', { key })}
        onFile={file => draft.takeFile(entry, file)}
      />
      {props.isEdited && (
        <ButtonIcon
          size="small"
          variant="tertiary"
          aria-label={t('configuration.undo', { key })}
          icon={<RiArrowGoBackLine />}
          onPress={() => draft.undo(key)}
        />
      )}
      {!props.isEdited && entry.isSet && (
        <ButtonIcon
          size="small"
          variant="tertiary"
          aria-label={t('configuration.clear', { key })}
          icon={<RiDeleteBinLine />}
          onPress={() => draft.edit(entry, '')}
        />
      )}
    </>
  );
}

function RevealIcon(props: { entry: ConfigurationEntry; isRevealed: boolean }) {
  if (props.isRevealed) {
    return <RiEyeOffLine />;
  }
  const isWriteOnly = props.entry.isSet && props.entry.value === undefined;
  return isWriteOnly ? <RiEditLine /> : <RiEyeLine />;
}

function wordReveal(
  { key, isSet, value }: ConfigurationEntry,
  isRevealed: boolean,
  t: Texts,
): string {
  if (isRevealed) {
    return t('configuration.conceal', { key });
  }
  return isSet && value === undefined
    ? t('configuration.replaceFile', { key })
    : t('configuration.reveal', { key });
}

/** What stands under a key: whether it lacks a value, where the value came from, what becomes of it. */
function describeField(
  entry: ConfigurationEntry,
  draft: ConfigurationDraft,
  t: Texts,
): string {
  const { key, isSet, value, inheritedFrom } = entry;
  const edited = draft.values[key];
  if (edited === '') {
    return isSet ? t('configuration.cleared') : t('configuration.missing');
  }
  if (edited !== undefined) {
    const source = draft.sourceOf(key);
    return source
      ? t('configuration.fromFile', {
          file: source.name,
          size: formatKibibytes(source.size),
        })
      : t('configuration.changed');
  }
  const hints: string[] = [];
  if (!isSet) {
    hints.push(t('configuration.missing'));
  } else if (value === undefined) {
    hints.push(t('configuration.hidden'));
  }
  if (inheritedFrom) {
    hints.push(
      entry.unconfirmed
        ? t('configuration.unconfirmed', { version: inheritedFrom })
        : t('configuration.inheritedFrom', { version: inheritedFrom }),
    );
  }
  return hints.join(' · ');
}

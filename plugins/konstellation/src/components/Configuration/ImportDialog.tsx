import { useState } from 'react';
import { Text, TextAreaField } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { FileButton } from '../Common/FileButton';
import { FormDialog } from '../Common/FormDialog';
import styles from './Configuration.module.css';
import { BOUNDS, byteLength, formatKibibytes } from './configurationBounds';
import { readTextFile } from './readTextFile';

const ROWS = 8;

/** Takes the text of an `.env` file, from a file or pasted, on to the review. */
export function ImportDialog(props: {
  /** The text of before, when one came back from the review. */
  text: string;
  onClose: () => void;
  onText: (text: string) => void;
}) {
  const t = useTexts();
  const [text, setText] = useState(props.text);
  const [file, setFile] = useState<string>();
  const [fileFault, setFileFault] = useState<string>();
  const [checked, setChecked] = useState(false);

  const wordTooLarge = (size: number) =>
    t('configuration.allTooLarge', {
      limit: formatKibibytes(BOUNDS.all),
      size: formatKibibytes(size),
    });
  const fault = () => {
    const size = byteLength(text);
    if (size > BOUNDS.all) {
      return wordTooLarge(size);
    }
    return checked && !text.trim() ? t('importEnv.empty') : fileFault;
  };
  const take = async (chosen: File) => {
    const isTooLarge = chosen.size > BOUNDS.all;
    const read = isTooLarge ? undefined : await readTextFile(chosen);
    if (read === undefined) {
      setFileFault(
        isTooLarge
          ? wordTooLarge(chosen.size)
          : t('configuration.notText', { file: chosen.name }),
      );
      return;
    }
    setFileFault(undefined);
    setFile(chosen.name);
    setText(read);
  };
  const submit = () => {
    setChecked(true);
    if (text.trim() && byteLength(text) <= BOUNDS.all) {
      props.onText(text);
    }
  };

  return (
    <FormDialog
      title={t('importEnv.title')}
      submit={t('importEnv.next')}
      width={600}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <Text as="p" variant="body-medium">
        {t('importEnv.text')}
      </Text>
      <div>
        <FileButton label={t('importEnv.choose')} onFile={take} />
      </div>
      <TextAreaField
        label={file ? t('importEnv.chosen', { file }) : t('importEnv.paste')}
        className={styles.code}
        placeholder={t('importEnv.placeholder')}
        rows={ROWS}
        spellCheck="false"
        autoComplete="off"
        validationBehavior="aria"
        validate={fault}
        value={text}
        onChange={typed => {
          setFile(undefined);
          setFileFault(undefined);
          setText(typed);
        }}
      />
    </FormDialog>
  );
}

import { useEffect, useState } from 'react';
import { ButtonIcon } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { useTexts } from '../../hooks/useTexts';
import styles from './CopyField.module.css';

const COPIED_MILLIS = 2_000;

/** A text to take along, on one line or as a block, with a button that copies it. */
export function CopyField(props: {
  text: string;
  /** Completes the button's name: "Copy {what}". */
  what: string;
  block?: boolean;
}) {
  const t = useTexts();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) {
      return undefined;
    }
    const timer = setTimeout(() => setCopied(false), COPIED_MILLIS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    await navigator.clipboard?.writeText(props.text);
    setCopied(true);
  };

  return (
    <span className={styles.field} data-block={props.block || undefined}>
      <code className={styles.text}>{props.text}</code>
      <ButtonIcon
        size="small"
        variant="tertiary"
        aria-label={t('common.copyLabel', { what: props.what })}
        icon={copied ? <RiCheckLine /> : <RiFileCopyLine />}
        onPress={copy}
      />
      <span role="status" className={styles.copied}>
        {copied ? t('common.copied') : ''}
      </span>
    </span>
  );
}

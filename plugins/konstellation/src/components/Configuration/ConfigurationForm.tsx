import { useState, type FormEvent } from 'react';
import { Alert, Button, Text, TextField } from '@backstage/ui';
import { toError } from '@backstage/errors';
import type { VersionConfiguration } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { describeError } from '../Common/ErrorNotice';
import { Panel } from '../Common/Panel';
import { ConfigurationField } from './ConfigurationField';
import styles from './Configuration.module.css';
import { editDraft, findMissing, type Draft } from './configurationDraft';

/** What is sent to save. */
export interface ConfigurationRequest {
  values: Record<string, string>;
  comment: string;
  confirm?: string[];
}

/** The declared keys as fields; saves only what was changed. */
export function ConfigurationForm(props: {
  configuration: VersionConfiguration;
  isRunning: boolean;
  /** Why nothing can be changed now. */
  readOnlyReason: string | undefined;
  onSave: (request: ConfigurationRequest) => Promise<void>;
}) {
  const t = useTexts();
  const { entries, revision } = props.configuration;
  const [draft, setDraft] = useState<Draft>({});
  const [confirmed, setConfirmed] = useState<string[]>([]);
  const [comment, setComment] = useState('');
  const [checked, setChecked] = useState(false);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error>();

  const missing = findMissing(entries, draft);
  const isChanged = Object.keys(draft).length > 0 || confirmed.length > 0;
  const isReadOnly = props.readOnlyReason !== undefined;
  const commentFault = () =>
    checked && !comment.trim() ? t('configuration.commentRequired') : undefined;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (!comment.trim() || !isChanged || pending) {
      return;
    }
    setPending(true);
    setError(undefined);
    try {
      await props.onSave({
        values: draft,
        comment: comment.trim(),
        confirm: confirmed.length > 0 ? confirmed : undefined,
      });
    } catch (thrown) {
      setError(toError(thrown));
      setPending(false);
    }
  };

  return (
    <form onSubmit={save} noValidate>
      <Panel narrow>
        <div className={styles.head}>
          <Text as="h3" variant="body-large" weight="bold">
            {t('configuration.title')}
          </Text>
          <Text variant="body-small" color="secondary">
            {t('configuration.revision', { revision: String(revision) })} ·{' '}
            {missing.length > 0
              ? t('configuration.incomplete', { count: missing.length })
              : t('configuration.complete')}
          </Text>
        </div>
        {props.readOnlyReason && (
          <Alert status="info" icon title={props.readOnlyReason} />
        )}
        {props.isRunning && !isReadOnly && (
          <Text as="p" variant="body-small" color="secondary">
            {t('configuration.started')}
          </Text>
        )}
        {entries.map(entry => (
          <ConfigurationField
            key={entry.key}
            entry={entry}
            edited={draft[entry.key]}
            isMissing={missing.includes(entry.key)}
            isConfirmed={confirmed.includes(entry.key)}
            isReadOnly={isReadOnly}
            onChange={value =>
              setDraft(current => editDraft(current, entry, value))
            }
            onConfirm={isConfirmed =>
              setConfirmed(current =>
                isConfirmed
                  ? [...current, entry.key]
                  : current.filter(each => each !== entry.key),
              )
            }
          />
        ))}
        {!isReadOnly && (
          <>
            <TextField
              label={t('common.comment')}
              isRequired
              maxLength={1000}
              validationBehavior="aria"
              validate={commentFault}
              value={comment}
              onChange={setComment}
            />
            {error && (
              <Alert
                role="alert"
                status="danger"
                icon
                title={describeError(error)}
              />
            )}
            <div>
              <Button
                type="submit"
                variant="primary"
                isDisabled={!isChanged}
                isPending={pending}
              >
                {t('configuration.save')}
              </Button>
            </div>
          </>
        )}
      </Panel>
    </form>
  );
}

import type { FormEvent } from 'react';
import { Alert, Button, Text } from '@backstage/ui';
import type {
  Version,
  VersionConfiguration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { Panel } from '../Common/Panel';
import { ConfigurationActions } from './ConfigurationActions';
import { ConfigurationField } from './ConfigurationField';
import styles from './Configuration.module.css';
import { BOUNDS, formatKibibytes } from './configurationBounds';
import { UnconfirmedNotice } from './UnconfirmedNotice';
import type { ConfigurationDraft } from './useConfigurationDraft';

/** The declared keys as fields. What was changed goes to the review first. */
export function ConfigurationForm(props: {
  version: Version;
  configuration: VersionConfiguration;
  draft: ConfigurationDraft;
  /** Why nothing can be changed now. */
  readOnlyReason: string | undefined;
  onImport: () => void;
  onReview: () => void;
}) {
  const { version, configuration, draft, readOnlyReason } = props;
  const t = useTexts();
  const isReadOnly = readOnlyReason !== undefined;
  const canReview = draft.count > 0 && !draft.hasFaults;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canReview) {
      props.onReview();
    }
  };

  return (
    <form onSubmit={submit} noValidate>
      <Panel>
        <div className={styles.head}>
          <div className={styles.headText}>
            <Text as="h3" variant="body-large" weight="bold">
              {t('configuration.title')}
            </Text>
            <RevisionLine
              version={version}
              configuration={configuration}
              missing={draft.missing.length}
            />
          </div>
          <ConfigurationActions
            version={version}
            mayRead={configuration.valuesVisible}
            onImport={isReadOnly ? undefined : props.onImport}
          />
        </div>
        {readOnlyReason && <Alert status="info" icon title={readOnlyReason} />}
        <UnconfirmedNotice
          entries={configuration.entries}
          draft={draft}
          isReadOnly={isReadOnly}
        />
        {configuration.entries.map(entry => (
          <ConfigurationField
            key={entry.key}
            entry={entry}
            draft={draft}
            isReadOnly={isReadOnly}
          />
        ))}
        {!isReadOnly && (
          <>
            {draft.totalFault && (
              <Alert
                role="alert"
                status="danger"
                icon
                title={draft.totalFault}
              />
            )}
            <div className={styles.foot}>
              <Button type="submit" variant="primary" isDisabled={!canReview}>
                {t('configuration.review')}
              </Button>
              {draft.count > 0 && (
                <Button variant="secondary" onPress={draft.discard}>
                  {t('configuration.discard')}
                </Button>
              )}
              <span role="status" className={styles.secondary}>
                {draft.count > 0
                  ? t('configuration.pending', { count: draft.count })
                  : t('configuration.noPending')}
              </span>
            </div>
            <Text as="p" variant="body-small" color="secondary">
              {t('configuration.bounds', {
                variable: formatKibibytes(BOUNDS.variable),
                file: formatKibibytes(BOUNDS.file),
                all: formatKibibytes(BOUNDS.all),
              })}
            </Text>
          </>
        )}
      </Panel>
    </form>
  );
}

function RevisionLine(props: {
  version: Version;
  configuration: VersionConfiguration;
  missing: number;
}) {
  const t = useTexts();
  const { revision, entries } = props.configuration;
  const { runningRevision } = props.version.configuration;
  const unconfirmed = entries.filter(each => each.unconfirmed).length;
  const parts: string[] = [
    t('configuration.revision', { revision: String(revision) }),
  ];
  if (runningRevision !== undefined && runningRevision !== revision) {
    parts.push(
      t('configuration.runningRevision', { revision: String(runningRevision) }),
    );
  }
  if (props.missing > 0) {
    parts.push(t('configuration.incomplete', { count: props.missing }));
  }
  if (unconfirmed > 0) {
    parts.push(t('configuration.unconfirmedCount', { count: unconfirmed }));
  }
  if (props.missing + unconfirmed === 0) {
    parts.push(t('configuration.complete'));
  }
  return (
    <Text variant="body-small" color="secondary">
      {parts.join(' · ')}
    </Text>
  );
}

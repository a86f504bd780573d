import { useEffect, useRef } from 'react';
import { Button, Text } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type {
  ConfigurationRevision,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { usePagedResource } from '../../hooks/usePagedResource';
import { useTexts } from '../../hooks/useTexts';
import { Actor } from '../Common/Actor';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { Panel } from '../Common/Panel';
import { RelativeTime } from '../Common/RelativeTime';
import styles from './Configuration.module.css';

const PAGE_SIZE = 20;

/** Every change of a configuration: by whom, when, why, and of which keys. */
export function RevisionHistory(props: {
  runtime: Runtime;
  version: Version;
  /** The newest revision known here: another one reads the list again. */
  revision: number;
}) {
  const { runtime, version } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const ref = { runtime: runtime.id, version: version.name };
  const { runningRevision, applyingRevision } = version.configuration;
  const revisions = usePagedResource(
    version.uid,
    (page, signal) => api.listConfigurationRevisions(ref, page, { signal }),
    PAGE_SIZE,
  );
  useLiveReload(revisions.reload, [runtime.signal]);

  // What this page did shows at once, also in a portal without signals.
  const { reload } = revisions;
  const known = [props.revision, runningRevision].join('/');
  const shown = useRef(known);
  useEffect(() => {
    if (shown.current !== known) {
      shown.current = known;
      reload();
    }
  }, [known, reload]);

  return (
    <Panel label={t('revisions.title')}>
      <Text as="h3" variant="body-large" weight="bold">
        {t('revisions.title')}
      </Text>
      {revisions.error && (
        <ErrorNotice
          error={revisions.error}
          what={t('revisions.what')}
          onRetry={revisions.reload}
          stale={Boolean(revisions.value)}
        />
      )}
      {revisions.loading && <LoadingBlock />}
      {revisions.value && (
        <ol className={styles.revisions} aria-label={t('revisions.list')}>
          {revisions.value.map(each => (
            <RevisionItem
              key={each.revision}
              revision={each}
              isApplying={each.revision === applyingRevision}
            />
          ))}
        </ol>
      )}
      {revisions.showMore && (
        <Button variant="secondary" onPress={revisions.showMore}>
          {t('common.showMore')}
        </Button>
      )}
    </Panel>
  );
}

function RevisionItem(props: {
  revision: ConfigurationRevision;
  isApplying: boolean;
}) {
  const { revision, isApplying } = props;
  const t = useTexts();
  const marks = [
    revision.current && t('revisions.current'),
    revision.running && t('revisions.running'),
    isApplying && t('revisions.applying'),
  ].filter(Boolean);
  return (
    <li
      className={styles.revision}
      aria-label={t('revisions.number', {
        revision: String(revision.revision),
      })}
    >
      <span className={styles.revisionNumber} aria-hidden="true">
        {revision.revision}
      </span>
      <div className={styles.revisionBody}>
        <span className={styles.revisionHead}>
          {marks.length > 0 && <strong>{marks.join(' · ')}</strong>}
          <span className={styles.secondary}>
            <RelativeTime at={revision.createdAt} /> {t('status.by')}{' '}
            <Actor actor={revision.createdBy} />
          </span>
        </span>
        <span>{revision.comment}</span>
        {revision.changes.length > 0 && (
          <ul className={styles.changes} aria-label={t('review.keys')}>
            {revision.changes.map(({ key, change }) => (
              <li key={key} data-change={change}>
                <code>{key}</code> <span>{t(`review.${change}`)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

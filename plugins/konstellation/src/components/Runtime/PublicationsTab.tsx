import { useState } from 'react';
import { Button, Link } from '@backstage/ui';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import type {
  Publication,
  Runtime,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { usePagedResource } from '../../hooks/usePagedResource';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { versionRouteRef } from '../../routes';
import { CommandDialog } from '../Commands/CommandDialog';
import { Actor } from '../Common/Actor';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { RelativeTime } from '../Common/RelativeTime';
import { StatusShape } from '../Status/StatusShape';
import { versionLooks } from '../Status/tones';
import styles from './Runtime.module.css';

/** What was published when, by whom and why, with the way back. */
export function PublicationsTab(props: {
  runtime: Runtime;
  permissions: RuntimePermissions;
  onChanged: () => void;
}) {
  const { runtime } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const [target, setTarget] = useState<Publication>();
  const publications = usePagedResource(runtime.id, (page, signal) =>
    api.listPublications(runtime.id, page, { signal }),
  );
  useLiveReload(publications.reload, [runtime.signal]);

  if (!publications.value) {
    return publications.error ? (
      <ErrorNotice
        error={publications.error}
        what={t('runtime.tabPublications')}
        onRetry={publications.reload}
      />
    ) : (
      <LoadingBlock />
    );
  }
  if (publications.value.length === 0) {
    return (
      <EmptyNotice
        title={t('publications.emptyTitle')}
        text={t('publications.emptyText')}
      />
    );
  }
  return (
    <>
      <ol className={styles.timeline} aria-label={t('publications.timeline')}>
        {publications.value.map(publication => (
          <PublicationItem
            key={publication.id}
            publication={publication}
            onRollBack={
              props.permissions.commands.publish && !publication.current
                ? () => setTarget(publication)
                : undefined
            }
          />
        ))}
      </ol>
      {publications.showMore && (
        <Button variant="secondary" onPress={publications.showMore}>
          {t('common.showMore')}
        </Button>
      )}
      {target && (
        <CommandDialog
          command={{
            verb: 'rollback',
            version: { name: target.version },
            publication: target,
          }}
          runtime={runtime}
          onClose={() => setTarget(undefined)}
          onDone={() => {
            publications.reload();
            props.onChanged();
          }}
        />
      )}
    </>
  );
}

function PublicationItem(props: {
  publication: Publication;
  onRollBack?: () => void;
}) {
  const { publication } = props;
  const t = useTexts();
  const versionPath = useRouteRef(versionRouteRef);
  return (
    <li className={styles.publication}>
      <StatusShape
        look={
          publication.current ? versionLooks.PUBLISHED : versionLooks.STOPPED
        }
      />
      <div className={styles.publicationBody}>
        <div className={styles.publicationTitle}>
          <Link
            href={versionPath({
              runtime: publication.runtime,
              version: publication.version,
            })}
            weight="bold"
          >
            {publication.version}
          </Link>
          {publication.current && <strong>{t('publications.current')}</strong>}
          <span className={styles.secondary}>
            <RelativeTime at={publication.publishedAt} />
            {publication.endedAt && (
              <>
                {' '}
                {t('publications.until')}{' '}
                <RelativeTime at={publication.endedAt} />
              </>
            )}{' '}
            {t('status.by')} <Actor actor={publication.publishedBy} />
          </span>
        </div>
        <span>{publication.comment}</span>
        <span className={styles.secondary}>
          {t('publications.configuration', {
            revision: String(publication.configurationRevision),
          })}
          {publication.switchMillis !== undefined &&
            ` · ${t('publications.switched', {
              millis: String(Math.round(publication.switchMillis)),
            })}`}
        </span>
      </div>
      {props.onRollBack && (
        <Button size="small" variant="secondary" onPress={props.onRollBack}>
          {t('publications.rollBackTo')}
        </Button>
      )}
    </li>
  );
}

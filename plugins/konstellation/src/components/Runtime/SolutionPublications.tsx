import { useState } from 'react';
import { Button, Text } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type {
  Publication,
  Runtime,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { usePagedResource } from '../../hooks/usePagedResource';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { CommandDialog } from '../Commands/CommandDialog';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { PublicationItem } from './PublicationItem';
import styles from './Runtime.module.css';

/** Beside other solutions only the newest are shown at first. */
const PAGE_SIZE_AMONG_OTHERS = 10;

/** What was published of one solution, newest first, with the way back. */
export function SolutionPublications(props: {
  runtime: Runtime;
  solution: string;
  /** The runtime has no other solution. */
  isOnly: boolean;
  permissions: RuntimePermissions;
  onChanged: () => void;
}) {
  const { runtime, solution, isOnly } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const [target, setTarget] = useState<Publication>();
  const publications = usePagedResource(
    `${runtime.id}/${solution}`,
    (page, signal) =>
      api.listPublications(runtime.id, { ...page, solution }, { signal }),
    isOnly ? undefined : PAGE_SIZE_AMONG_OTHERS,
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
  if (publications.value.length === 0 && !isOnly) {
    return (
      <Text as="p" variant="body-medium" color="secondary">
        {t('publications.emptySolution')}
      </Text>
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
              props.permissions.commands.publish &&
              !publication.current &&
              !publication.packageDeleted
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
          command={{ verb: 'rollback', publication: target }}
          runtime={runtime}
          permissions={props.permissions}
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

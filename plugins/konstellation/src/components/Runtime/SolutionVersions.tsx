import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { Button, Text } from '@backstage/ui';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { usePagedResource } from '../../hooks/usePagedResource';
import { useResource } from '../../hooks/useResource';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { isChanging } from '../../hooks/useVersion';
import { versionRouteRef } from '../../routes';
import { CommandDialog } from '../Commands/CommandDialog';
import type { DialogCommand } from '../Commands/commandDialogs';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { VersionsTable } from './VersionsTable';

/** The versions of one solution, newest first. */
export function SolutionVersions(props: {
  runtime: Runtime;
  solution: string;
  /** The runtime has no other solution. */
  isOnly: boolean;
  permissions: RuntimePermissions;
  onChoosePackage?: () => void;
  onChanged: () => void;
}) {
  const { runtime, solution } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const navigate = useNavigate();
  const versionPath = useRouteRef(versionRouteRef);
  const [command, setCommand] = useState<DialogCommand>();

  const key = `${runtime.id}/${solution}`;
  const versions = usePagedResource(key, (page, signal) =>
    api.listVersions(runtime.id, { ...page, solution }, { signal }),
  );
  // What a version can be rolled back to. Without it the table only lacks that word.
  const publications = useResource(key, signal =>
    api.listPublications(runtime.id, { limit: 200, solution }, { signal }),
  );
  const reload = () => {
    versions.reload();
    publications.reload();
  };
  useLiveReload(reload, [runtime.signal], {
    changing: versions.value?.some(isChanging),
  });

  if (versions.error && !versions.value) {
    return (
      <ErrorNotice
        error={versions.error}
        what={t('runtime.tabVersions')}
        onRetry={versions.reload}
      />
    );
  }
  if (versions.value?.length === 0 && !props.isOnly) {
    return (
      <Text as="p" variant="body-medium" color="secondary">
        {t('versions.emptySolution')}
      </Text>
    );
  }
  if (versions.value?.length === 0) {
    return (
      <EmptyNotice
        title={t('versions.emptyTitle')}
        text={t('versions.emptyText')}
      >
        {props.onChoosePackage && (
          <Button variant="secondary" onPress={props.onChoosePackage}>
            {t('upload.choose')}
          </Button>
        )}
      </EmptyNotice>
    );
  }
  return (
    <>
      {versions.error && (
        <ErrorNotice
          error={versions.error}
          what={t('runtime.tabVersions')}
          onRetry={versions.reload}
          stale
        />
      )}
      <VersionsTable
        runtime={runtime}
        versions={versions.value}
        publications={publications.value?.items ?? []}
        permissions={props.permissions}
        onCommand={setCommand}
        onConfigure={version =>
          navigate(
            `${versionPath({
              runtime: runtime.id,
              version: version.name,
            })}/configuration`,
          )
        }
      />
      {versions.showMore && (
        <Button variant="secondary" onPress={versions.showMore}>
          {t('common.showMore')}
        </Button>
      )}
      {command && (
        <CommandDialog
          command={command}
          runtime={runtime}
          permissions={props.permissions}
          onClose={() => setCommand(undefined)}
          onDone={() => {
            reload();
            props.onChanged();
          }}
        />
      )}
    </>
  );
}

import { useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import type {
  Runtime,
  Version,
  VersionConfiguration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { useResource } from '../../hooks/useResource';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { CommandDialog } from '../Commands/CommandDialog';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import styles from './Configuration.module.css';
import { ConfigurationEditor } from './ConfigurationEditor';
import { RevisionHistory } from './RevisionHistory';
import { SavedNotice } from './SavedNotice';

/** The values that a version needs, every change of them, and the step after they are there. */
export function ConfigurationTab(props: {
  runtime: Runtime;
  version: Version;
  permissions: RuntimePermissions;
  onSaved: () => void;
}) {
  const { runtime, version, permissions } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const configuration = useResource(version.uid, signal =>
    api.getConfiguration(
      { runtime: runtime.id, version: version.name },
      { signal },
    ),
  );
  useLiveReload(configuration.reload, [runtime.signal]);
  const [saved, setSaved] = useState<VersionConfiguration>();
  const [isStarting, setStarting] = useState(false);

  if (!configuration.value) {
    return configuration.error ? (
      <ErrorNotice
        error={configuration.error}
        what={t('configuration.what')}
        onRetry={configuration.reload}
      />
    ) : (
      <LoadingBlock />
    );
  }
  if (configuration.value.entries.length === 0) {
    return (
      <EmptyNotice
        title={t('configuration.noneTitle')}
        text={t('configuration.noneText')}
      />
    );
  }
  // Then the notice above the tabs says more.
  const isApplying = version.configuration.applyingRevision !== undefined;
  const mayStart = version.commands.start.allowed && permissions.commands.start;
  return (
    <>
      {saved && !isApplying && (
        <SavedNotice
          revision={saved.revision}
          onStart={
            saved.completed && mayStart ? () => setStarting(true) : undefined
          }
        />
      )}
      {configuration.error && (
        <ErrorNotice
          error={configuration.error}
          what={t('configuration.what')}
          onRetry={configuration.reload}
          stale
        />
      )}
      <div className={styles.columns}>
        <ConfigurationEditor
          version={version}
          configuration={configuration.value}
          mayChange={permissions.commands.configure}
          onSaved={answer => {
            setSaved(answer);
            configuration.replace(answer);
            props.onSaved();
          }}
        />
        <RevisionHistory
          runtime={runtime}
          version={version}
          revision={configuration.value.revision}
        />
      </div>
      {isStarting && (
        <CommandDialog
          command={{ verb: 'start', version }}
          runtime={runtime}
          permissions={permissions}
          onClose={() => setStarting(false)}
          onDone={() => {
            setSaved(undefined);
            props.onSaved();
          }}
        />
      )}
    </>
  );
}

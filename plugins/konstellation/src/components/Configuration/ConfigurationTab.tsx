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
import { ConfigurationForm } from './ConfigurationForm';
import { SavedNotice } from './SavedNotice';

/** The values that a version needs, and the step after they are there. */
export function ConfigurationTab(props: {
  runtime: Runtime;
  version: Version;
  permissions: RuntimePermissions;
  onSaved: () => void;
}) {
  const { runtime, version, permissions } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const ref = { runtime: runtime.id, version: version.name };
  const configuration = useResource(version.uid, signal =>
    api.getConfiguration(ref, { signal }),
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
  const { start, configure } = version.commands;
  const findReadOnlyReason = () => {
    if (!permissions.commands.configure) {
      return t('configuration.readOnly');
    }
    return configure.allowed ? undefined : configure.reason;
  };
  return (
    <>
      {saved && (
        <SavedNotice
          configuration={saved}
          onStart={
            start.allowed && permissions.commands.start
              ? () => setStarting(true)
              : undefined
          }
        />
      )}
      <ConfigurationForm
        // A saved revision begins with an empty draft; a reload keeps what is being typed.
        key={saved?.revision}
        configuration={configuration.value}
        isRunning={
          version.status === 'STARTED' || version.status === 'PUBLISHED'
        }
        readOnlyReason={findReadOnlyReason()}
        onSave={async request => {
          const answer = await api.updateConfiguration(ref, request);
          setSaved(answer);
          configuration.replace(answer);
          props.onSaved();
        }}
      />
      {isStarting && (
        <CommandDialog
          command={{ verb: 'start', version }}
          runtime={runtime}
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

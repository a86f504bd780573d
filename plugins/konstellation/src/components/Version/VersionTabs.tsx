import { Route, Routes } from 'react-router-dom';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { ActivityTab } from '../Activity/ActivityTab';
import { ConfigurationTab } from '../Configuration/ConfigurationTab';
import { NotFoundNotice } from '../Common/NotFoundNotice';
import { DocumentationTab } from '../Docs/DocumentationTab';
import { StatusTab } from '../Graph/StatusTab';
import { LogsTab } from '../Logs/LogsTab';
import { PredictionsTab } from '../Predictions/PredictionsTab';

/** The parts of a version's page. */
export function VersionTabs(props: {
  runtime: Runtime;
  version: Version;
  permissions: RuntimePermissions;
  path: string;
  onSaved: () => void;
}) {
  const { runtime, version, permissions } = props;
  const t = useTexts();
  return (
    <Routes>
      <Route
        index
        element={
          <StatusTab runtime={runtime} version={version} path={props.path} />
        }
      />
      <Route
        path="configuration"
        element={
          <ConfigurationTab
            key={version.uid}
            runtime={runtime}
            version={version}
            permissions={permissions}
            onSaved={props.onSaved}
          />
        }
      />
      <Route
        path="logs"
        element={
          <LogsTab key={version.uid} runtime={runtime} version={version} />
        }
      />
      <Route
        path="predictions"
        element={
          <PredictionsTab
            runtime={runtime}
            version={version}
            permissions={permissions}
          />
        }
      />
      <Route
        path="documentation"
        element={<DocumentationTab version={version} />}
      />
      <Route
        path="activity"
        element={<ActivityTab runtime={runtime} version={version.name} />}
      />
      <Route
        path="*"
        element={
          <NotFoundNotice
            href={props.path}
            back={t('notFound.back', { place: version.name })}
          />
        }
      />
    </Routes>
  );
}

import { useNavigate, useParams } from 'react-router-dom';
import { BreadcrumbEntry } from '@backstage/frontend-plugin-api';
import { useRouteRef } from '@backstage/core-plugin-api';
import { useRuntime } from '../../hooks/useRuntime';
import { useRuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { useVersion } from '../../hooks/useVersion';
import { rootRouteRef, runtimeRouteRef, versionRouteRef } from '../../routes';
import { VersionActions } from '../Commands/VersionActions';
import { findErrorName } from '../Common/apiErrors';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { PageFrame } from '../PageFrame/PageFrame';
import { StatusExplanation } from '../Status/StatusExplanation';
import { GoneNotice } from './GoneNotice';
import { VersionFacts } from './VersionFacts';
import { VersionNotices } from './VersionNotices';
import { VersionTabs } from './VersionTabs';

/** One version: how it is, what it needs, and control over it. */
export function VersionPage() {
  const params = useParams();
  const { runtime: runtimeId = '', version: name = '' } = params;
  const t = useTexts();
  const navigate = useNavigate();
  const rootPath = useRouteRef(rootRouteRef)();
  const runtimePath = useRouteRef(runtimeRouteRef)({ runtime: runtimeId });
  const base = useRouteRef(versionRouteRef)({
    runtime: runtimeId,
    version: name,
  });

  const runtime = useRuntime(runtimeId);
  const version = useVersion(
    { runtime: runtimeId, version: name },
    runtime.value?.signal,
  );
  const permissions = useRuntimePermissions(runtimeId);

  const runtimeLabel = runtime.value?.name ?? runtimeId;
  const isGone =
    version.value !== undefined &&
    version.error !== undefined &&
    findErrorName(version.error) === 'NotFoundError';
  const error = isGone ? undefined : runtime.error ?? version.error;
  const reload = () => {
    runtime.reload();
    version.reload();
  };
  const shown = !isGone &&
    runtime.value &&
    version.value && { runtime: runtime.value, version: version.value };
  const tabs = (
    [
      ['status', 'version.tabStatus', base],
      ['configuration', 'version.tabConfiguration', `${base}/configuration`],
      ['logs', 'version.tabLogs', `${base}/logs`],
      ['predictions', 'version.tabPredictions', `${base}/predictions`],
      ['documentation', 'version.tabDocumentation', `${base}/documentation`],
      ['activity', 'version.tabActivity', `${base}/activity`],
    ] as const
  ).map(([id, text, href]) => ({ id, label: t(text), href }));

  return (
    <BreadcrumbEntry entry={{ label: runtimeLabel, href: runtimePath }}>
      <BreadcrumbEntry entry={{ label: name, href: base }}>
        <PageFrame
          title={name}
          breadcrumbs={[
            { label: t('runtimes.title'), href: rootPath },
            { label: runtimeLabel, href: runtimePath },
          ]}
          badge={
            shown && (
              <StatusExplanation
                status={shown.version.status}
                deleting={shown.version.deleting}
              />
            )
          }
          actions={
            shown && (
              <VersionActions
                {...shown}
                permissions={permissions}
                onDone={changed => {
                  runtime.reload();
                  if (changed) {
                    version.replace(changed);
                  } else {
                    navigate(runtimePath);
                  }
                }}
              />
            )
          }
          description={shown && <VersionFacts {...shown} path={base} />}
          tabs={shown ? tabs : undefined}
        >
          {error && (
            <ErrorNotice
              error={error}
              what={name}
              onRetry={reload}
              stale={Boolean(shown)}
            />
          )}
          {isGone && (
            <GoneNotice
              version={name}
              runtime={runtimeLabel}
              wasDeleting={version.value?.deleting === true}
              runtimePath={runtimePath}
            />
          )}
          {!shown && !error && !isGone && <LoadingBlock />}
          {shown && (
            <>
              <VersionNotices
                version={shown.version}
                permissions={permissions}
                path={base}
              />
              <VersionTabs
                {...shown}
                permissions={permissions}
                path={base}
                onSaved={version.reload}
              />
            </>
          )}
        </PageFrame>
      </BreadcrumbEntry>
    </BreadcrumbEntry>
  );
}

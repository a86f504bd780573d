import { Route, Routes, useParams } from 'react-router-dom';
import { ButtonLink } from '@backstage/ui';
import { BreadcrumbEntry } from '@backstage/frontend-plugin-api';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useRuntime } from '../../hooks/useRuntime';
import {
  useRuntimePermissions,
  type RuntimePermissions,
} from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { rootRouteRef, runtimeRouteRef } from '../../routes';
import { ActivityTab } from '../Activity/ActivityTab';
import { findErrorName } from '../Common/apiErrors';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { NotFoundNotice } from '../Common/NotFoundNotice';
import { PageFrame } from '../PageFrame/PageFrame';
import { useUploadArea } from '../Upload/useUploadArea';
import { PublicationsTab } from './PublicationsTab';
import { RuntimeFacts } from './RuntimeFacts';
import { RuntimeNotices } from './RuntimeNotices';
import { SettingsTab } from './SettingsTab';
import { VersionsTab } from './VersionsTab';

/** One runtime: what is published, its versions, and what was done. */
export function RuntimePage() {
  const { runtime: id = '' } = useParams();
  const t = useTexts();
  const rootPath = useRouteRef(rootRouteRef)();
  const base = useRouteRef(runtimeRouteRef)({ runtime: id });
  const runtime = useRuntime(id);
  const permissions = useRuntimePermissions(id);
  const isDeleting = runtime.value?.status === 'DELETING';
  const isGone =
    runtime.value !== undefined &&
    runtime.error !== undefined &&
    findErrorName(runtime.error) === 'NotFoundError';
  const shown = isGone ? undefined : runtime.value;
  const upload = useUploadArea(
    id,
    shown?.solutions ?? [],
    permissions.upload && shown !== undefined && !isDeleting,
  );

  const label = runtime.value?.name ?? id;
  const tabs = (
    [
      ['versions', 'runtime.tabVersions', base],
      ['publications', 'runtime.tabPublications', `${base}/publications`],
      ['activity', 'runtime.tabActivity', `${base}/activity`],
      ['settings', 'runtime.tabSettings', `${base}/settings`],
    ] as const
  ).map(([tab, text, href]) => ({ id: tab, label: t(text), href }));

  return (
    <BreadcrumbEntry entry={{ label, href: base }}>
      <PageFrame
        title={label}
        breadcrumbs={[{ label: t('runtimes.title'), href: rootPath }]}
        actions={upload.button}
        description={shown && <RuntimeFacts runtime={shown} />}
        tabs={shown && tabs}
      >
        {isGone && (
          <EmptyNotice
            title={t('runtime.goneTitle', { runtime: label })}
            text={t('runtime.goneText')}
          >
            <ButtonLink variant="secondary" href={rootPath}>
              {t('runtime.backToRuntimes')}
            </ButtonLink>
          </EmptyNotice>
        )}
        {runtime.error && !isGone && (
          <ErrorNotice
            error={runtime.error}
            what={label}
            onRetry={runtime.reload}
            stale={Boolean(shown)}
          />
        )}
        {runtime.loading && <LoadingBlock />}
        {shown && <RuntimeNotices runtime={shown} />}
        {upload.panel}
        {shown && (
          <RuntimeTabs
            runtime={shown}
            permissions={permissions}
            path={base}
            onChoosePackage={upload.choose}
            onReload={runtime.reload}
            onReplace={runtime.replace}
          />
        )}
      </PageFrame>
    </BreadcrumbEntry>
  );
}

function RuntimeTabs(props: {
  runtime: Runtime;
  permissions: RuntimePermissions;
  path: string;
  onChoosePackage: (() => void) | undefined;
  onReload: () => void;
  onReplace: (runtime: Runtime) => void;
}) {
  const { runtime, permissions } = props;
  const t = useTexts();
  return (
    <Routes>
      <Route
        index
        element={
          <VersionsTab
            runtime={runtime}
            permissions={permissions}
            onChoosePackage={props.onChoosePackage}
            onChanged={props.onReload}
          />
        }
      />
      <Route
        path="publications"
        element={
          <PublicationsTab
            runtime={runtime}
            permissions={permissions}
            onChanged={props.onReload}
          />
        }
      />
      <Route path="activity" element={<ActivityTab runtime={runtime} />} />
      <Route
        path="settings"
        element={
          <SettingsTab
            key={runtime.id}
            runtime={runtime}
            permissions={permissions}
            onChanged={props.onReplace}
            onReload={props.onReload}
          />
        }
      />
      <Route
        path="*"
        element={
          <NotFoundNotice
            href={props.path}
            back={t('notFound.back', { place: runtime.name })}
          />
        }
      />
    </Routes>
  );
}

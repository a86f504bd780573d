import { useLocation } from 'react-router-dom';
import { ButtonLink } from '@backstage/ui';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { Notice } from '../Common/Notice';
import { FailureNotice } from './FailureNotice';
import { NextStepNotice } from './NextStepNotice';
import { findCondition } from './conditions';

/** What one has to know about a version before anything else: that it goes, failed, waits or changes, and what it lacks. */
export function VersionNotices(props: {
  version: Version;
  permissions: RuntimePermissions;
  path: string;
}) {
  const { version } = props;
  const t = useTexts();
  if (version.deleting) {
    return (
      <Notice
        role="status"
        status="info"
        title={t('version.deletingTitle')}
        description={t('version.deletingText')}
      />
    );
  }
  return (
    <>
      <FailureNotice {...props} />
      <ClusterNotice version={version} />
      {version.publishWhenReady && (
        <Notice
          role="status"
          status="info"
          title={t('version.waitingToPublishTitle')}
          description={
            version.status === 'STARTING'
              ? t('version.waitingToPublishCancel')
              : t('version.waitingToPublishText')
          }
        />
      )}
      <SwitchNotice version={version} />
      <AppliedNotice version={version} path={props.path} />
      <NextStepNotice {...props} />
    </>
  );
}

/** That its cluster is away or refuses, unless it is in error for that already. */
function ClusterNotice({ version }: { version: Version }) {
  const t = useTexts();
  const reconciled = findCondition(version.conditions, 'Reconciled');
  return reconciled?.status === 'False' && version.status !== 'ERROR' ? (
    <Notice
      role="status"
      status="warning"
      title={t('version.notReconciledTitle')}
      description={reconciled.message}
    />
  ) : null;
}

/** That callers could not be moved yet. */
function SwitchNotice({ version }: { version: Version }) {
  const t = useTexts();
  const retrying = findCondition(version.conditions, 'Switching', 'Retrying');
  return retrying ? (
    <Notice
      role="status"
      status="warning"
      title={t('version.switchRetryTitle')}
      description={retrying.message}
    />
  ) : null;
}

/** Where a change of the configuration of a running version stands, unless it is in effect. */
function AppliedNotice(props: { version: Version; path: string }) {
  const t = useTexts();
  const { pathname } = useLocation();
  const applied = findCondition(
    props.version.conditions,
    'ConfigurationApplied',
  );
  const titles: Record<string, string | undefined> = {
    InProgress: t('version.applyInProgressTitle'),
    Dropped: t('version.applyDroppedTitle'),
    NextStart: t('version.applyNextStartTitle'),
  };
  const title = applied && titles[applied.reason];
  if (!title) {
    return null;
  }
  const target = `${props.path}/configuration`;
  return (
    <Notice
      role="status"
      status={applied.reason === 'Dropped' ? 'warning' : 'info'}
      title={title}
      description={applied.message}
      customActions={
        pathname !== target ? (
          <ButtonLink size="small" variant="secondary" href={target}>
            {t('version.showConfiguration')}
          </ButtonLink>
        ) : undefined
      }
    />
  );
}

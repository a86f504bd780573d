import { useLocation } from 'react-router-dom';
import { ButtonLink } from '@backstage/ui';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { ConditionNotice } from '../Common/ConditionNotice';
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
  // It is there only while something is wrong.
  const unreconciled = findCondition(version.conditions, 'Reconciled');
  return (
    <>
      <FailureNotice {...props} />
      <ConditionNotice
        title={t('version.notReconciledTitle')}
        // In error it is told as the reason.
        condition={version.status === 'ERROR' ? undefined : unreconciled}
      />
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
      <ConditionNotice
        title={t('version.switchRetryTitle')}
        condition={findCondition(version.conditions, 'Switching', 'Retrying')}
      />
      <AppliedNotice version={version} path={props.path} />
      <NextStepNotice {...props} />
    </>
  );
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

import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { ConditionNotice } from '../Common/ConditionNotice';
import { Notice } from '../Common/Notice';
import { findCondition } from '../Version/conditions';

/** Above the tabs of a runtime: that it is being deleted and what that waits for, or why versions cannot run in its namespace. */
export function RuntimeNotices({ runtime }: { runtime: Runtime }) {
  const t = useTexts();
  if (runtime.status === 'DELETING') {
    const waiting = findCondition(runtime.conditions, 'Deleting');
    const isTold = waiting && waiting.reason !== 'InProgress';
    return (
      <Notice
        role="status"
        status={isTold ? 'warning' : 'info'}
        title={t('runtime.deletingTitle')}
        description={
          isTold
            ? `${waiting.message} ${t('runtime.deletingText')}`
            : t('runtime.deletingText')
        }
      />
    );
  }
  const namespace = findCondition(runtime.conditions, 'NamespaceReady');
  return (
    <ConditionNotice
      title={t('runtime.namespaceNotReady')}
      condition={namespace?.status === 'False' ? namespace : undefined}
    />
  );
}

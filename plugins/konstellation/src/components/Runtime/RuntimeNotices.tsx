import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { Notice } from '../Common/Notice';

/** Above the tabs of a runtime: that it is being deleted and what that waits for, or why versions cannot run in its namespace. */
export function RuntimeNotices({ runtime }: { runtime: Runtime }) {
  const t = useTexts();
  const find = (type: string) =>
    runtime.conditions.find(each => each.type === type);
  if (runtime.status === 'DELETING') {
    const waiting = find('Deleting');
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
  const namespace = find('NamespaceReady');
  return namespace?.status === 'False' ? (
    <Notice
      role="status"
      status="warning"
      title={t('runtime.namespaceNotReady')}
      description={namespace.message}
    />
  ) : null;
}

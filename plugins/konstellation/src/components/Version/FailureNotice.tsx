import { ButtonLink } from '@backstage/ui';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts, type Texts } from '../../hooks/useTexts';
import { Notice } from '../Common/Notice';
import { findFailure } from './conditions';

const REMEDIES = ['start', 'stop', 'unpublish', 'delete'] as const;

/** What can be done about it now by this user; the buttons for it stand beside the version's name. */
function describeRemedies(
  version: Version,
  permissions: RuntimePermissions,
  t: Texts,
): string | undefined {
  const words = {
    start: t('version.remedyStart'),
    stop: t('version.remedyStop'),
    unpublish: t('version.remedyUnpublish'),
    delete: t('version.remedyDelete'),
  };
  const possible = REMEDIES.filter(
    verb => version.commands[verb].allowed && permissions.commands[verb],
  ).map(verb => words[verb]);
  return possible.length > 0
    ? t('version.remedies', { remedies: possible.join(' · ') })
    : undefined;
}

/** That a version failed, why, and what can be done. */
export function FailureNotice(props: {
  version: Version;
  permissions: RuntimePermissions;
  path: string;
}) {
  const { version } = props;
  const t = useTexts();
  const failure = findFailure(version);
  if (!failure) {
    return null;
  }
  return (
    <Notice
      role="status"
      status="danger"
      title={
        version.statusMessage ||
        (failure === 'failed'
          ? t('version.failedTitle')
          : t('version.unavailableTitle'))
      }
      description={describeRemedies(version, props.permissions, t)}
      customActions={
        <ButtonLink
          size="small"
          variant="secondary"
          href={`${props.path}/logs`}
        >
          {t('version.showLogs')}
        </ButtonLink>
      }
    />
  );
}

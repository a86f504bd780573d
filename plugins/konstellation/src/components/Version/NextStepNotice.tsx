import { useLocation } from 'react-router-dom';
import { ButtonLink } from '@backstage/ui';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { Notice } from '../Common/Notice';

const MAXIMUM_KEYS_NAMED = 4;

/** What keeps a version from being started, with the way there. */
export function NextStepNotice(props: {
  version: Version;
  permissions: RuntimePermissions;
  path: string;
}) {
  const t = useTexts();
  const { pathname } = useLocation();
  const { missing, unconfirmed } = props.version.configuration;
  const keys = missing.length > 0 ? missing : unconfirmed;
  const target = `${props.path}/configuration`;
  // There the values that wait have a place of their own.
  const isToldThere = missing.length === 0 && pathname === target;
  if (keys.length === 0 || isToldThere) {
    return null;
  }
  const named = keys.slice(0, MAXIMUM_KEYS_NAMED).join(', ');
  const values = {
    count: keys.length,
    keys: keys.length > MAXIMUM_KEYS_NAMED ? `${named} …` : named,
  };
  return (
    <Notice
      status="info"
      title={
        missing.length > 0
          ? t('version.nextConfigure', values)
          : t('version.nextUnconfirmed', values)
      }
      customActions={
        pathname !== target && props.permissions.commands.configure ? (
          <ButtonLink size="small" variant="secondary" href={target}>
            {t('commands.configure')}
          </ButtonLink>
        ) : undefined
      }
    />
  );
}

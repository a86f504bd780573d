import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import styles from './Status.module.css';
import { StatusShape } from './StatusShape';
import { deletingLook, versionLooks } from './tones';

/** Sign and word of a version's status, or that it is on its way out. */
export function VersionStatusBadge(props: {
  status: VersionStatus;
  deleting?: boolean;
}) {
  const t = useTexts();
  const look = props.deleting ? deletingLook : versionLooks[props.status];
  return (
    <span
      className={styles.badge}
      data-tone={look.tone}
      data-status={props.status}
    >
      <StatusShape look={look} />
      {props.deleting ? t('status.deleting') : props.status}
    </span>
  );
}

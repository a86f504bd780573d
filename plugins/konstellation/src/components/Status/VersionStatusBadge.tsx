import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import styles from './Status.module.css';
import { StatusShape } from './StatusShape';
import { versionLooks } from './tones';

/** Sign and word of a version's status. */
export function VersionStatusBadge(props: { status: VersionStatus }) {
  const look = versionLooks[props.status];
  return (
    <span
      className={styles.badge}
      data-tone={look.tone}
      data-status={props.status}
    >
      <StatusShape look={look} />
      {props.status}
    </span>
  );
}

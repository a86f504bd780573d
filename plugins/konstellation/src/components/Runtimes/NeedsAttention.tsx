import { Link, Text } from '@backstage/ui';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { runtimeRouteRef } from '../../routes';
import { StatusShape } from '../Status/StatusShape';
import { versionLooks } from '../Status/tones';
import styles from './Runtimes.module.css';

/** The runtimes that are not well, one line each; nothing when all are. */
export function NeedsAttention(props: { runtimes: Runtime[] }) {
  const t = useTexts();
  const runtimePath = useRouteRef(runtimeRouteRef);
  const troubled = props.runtimes.filter(each => each.status === 'ERROR');
  if (troubled.length === 0) {
    return null;
  }
  return (
    <section className={styles.attention} aria-labelledby="needs-attention">
      <Text
        as="h3"
        id="needs-attention"
        variant="body-medium"
        weight="bold"
        color="danger"
      >
        {t('runtimes.attention')} ({troubled.length})
      </Text>
      <ul className={styles.list}>
        {troubled.map(runtime => (
          <li key={runtime.id} className={styles.item}>
            <StatusShape look={versionLooks.ERROR} />
            <Link href={runtimePath({ runtime: runtime.id })} color="danger">
              {runtime.name}
            </Link>
            <span>
              {runtime.versionCounts.error > 0
                ? t('runtimes.versionsInError', {
                    count: runtime.versionCounts.error,
                  })
                : t('runtimes.publishedNotAvailable', {
                    version: runtime.publishedVersion ?? '',
                  })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

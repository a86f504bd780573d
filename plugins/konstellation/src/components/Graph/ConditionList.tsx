import { Alert } from '@backstage/ui';
import type {
  Condition,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import styles from './Graph.module.css';

/** The conditions worth a word: of a version in error, and of a published one that does not answer. */
export function findTroubles(
  conditions: Condition[],
  status: VersionStatus,
): Condition[] {
  if (status !== 'ERROR' && status !== 'PUBLISHED') {
    return [];
  }
  return conditions.filter(
    each =>
      each.status === 'False' &&
      each.message &&
      // Not switching is as it should be.
      each.type !== 'Switching' &&
      each.type !== 'Published' &&
      each.type !== 'Progressing',
  );
}

/** What stands in a version's way, a sentence each. */
export function ConditionList(props: {
  conditions: Condition[];
  status: VersionStatus;
}) {
  const t = useTexts();
  const troubles = findTroubles(props.conditions, props.status);
  if (troubles.length === 0) {
    return null;
  }
  return (
    <ul className={styles.conditions} aria-label={t('version.conditions')}>
      {troubles.map(each => (
        <li key={each.type}>
          <Alert
            status="danger"
            icon
            title={each.message}
            description={`${each.type}: ${each.reason}`}
          />
        </li>
      ))}
    </ul>
  );
}

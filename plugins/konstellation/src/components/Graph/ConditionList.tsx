import { Alert } from '@backstage/ui';
import type {
  Condition,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import styles from './Graph.module.css';

/** False is no trouble, or is told above the tabs. */
const AS_IT_SHOULD_BE = [
  'Switching',
  'Published',
  'Progressing',
  'Deleting',
  'ConfigurationApplied',
];

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
      !AS_IT_SHOULD_BE.includes(each.type),
  );
}

/** What stands in a version's way, a sentence each. */
export function ConditionList(props: {
  conditions: Condition[];
  status: VersionStatus;
  /** What the page says already. */
  statusMessage: string;
}) {
  const t = useTexts();
  const troubles = findTroubles(props.conditions, props.status).filter(
    each => !props.statusMessage.includes(each.message),
  );
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

import { Link } from '@backstage/ui';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { Actor } from '../Common/Actor';
import { CopyField } from '../Common/CopyField';
import { RelativeTime } from '../Common/RelativeTime';
import { formatBytes } from '../Common/formatBytes';
import { findFailure } from './conditions';
import styles from './Version.module.css';

/** Under the name of a version: why it is in its state and since when, and where it is called. */
export function VersionFacts(props: {
  runtime: Runtime;
  version: Version;
  path: string;
}) {
  const t = useTexts();
  const { runtime, version } = props;
  const solution = runtime.solutions.find(each => each.id === version.solution);
  const address = solution?.address ?? runtime.address;
  // The notice below the facts has it, larger.
  const failure = findFailure(version);
  const isPublished = version.status === 'PUBLISHED';
  const by = isPublished ? version.publishedBy : undefined;
  return (
    <div className={styles.facts}>
      {/* Spoken when it changes, as the graph below says it in colours only to the eye. */}
      <p aria-live="polite">
        {!failure && `${version.statusMessage} `}
        <span className={styles.secondary}>
          {failure === 'failed' && `${t('version.failedAt')} `}
          {failure === 'unavailable' && `${t('version.publishedAt')} `}
          <RelativeTime at={version.statusSince} />
          {by && (
            <>
              {' '}
              {t('status.by')} <Actor actor={by} />
            </>
          )}
        </span>
      </p>
      {isPublished && (
        <div className={styles.addressRow}>
          <CopyField
            text={address.http}
            what={t('common.address').toLowerCase()}
          />
          <Link href={`${props.path}/predictions`}>{t('version.tryIt')}</Link>
        </div>
      )}
      <p>
        {version.description}{' '}
        <span className={styles.secondary}>
          {runtime.solutions.length > 1 &&
            `${t('version.solution', {
              solution: solution?.name ?? version.solution,
            })} · `}
          {t('version.uploadedBy')} <RelativeTime at={version.createdAt} />{' '}
          {t('status.by')} <Actor actor={version.createdBy} /> ·{' '}
          <span title={version.packageDigest}>
            {formatBytes(version.packageSize)}
          </span>
        </span>
      </p>
    </div>
  );
}

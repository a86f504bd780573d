import { Button, Link } from '@backstage/ui';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { Publication } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { versionRouteRef } from '../../routes';
import { Actor } from '../Common/Actor';
import { RelativeTime } from '../Common/RelativeTime';
import { StatusShape } from '../Status/StatusShape';
import { versionLooks } from '../Status/tones';
import styles from './Runtime.module.css';

/** One publication: what, when, who, why, how the switch went, and the way back to it. */
export function PublicationItem(props: {
  publication: Publication;
  onRollBack?: () => void;
}) {
  const { publication } = props;
  const t = useTexts();
  const versionPath = useRouteRef(versionRouteRef);
  return (
    <li
      className={styles.publication}
      data-gone={publication.packageDeleted || undefined}
    >
      <StatusShape
        look={
          publication.current ? versionLooks.PUBLISHED : versionLooks.STOPPED
        }
      />
      <div className={styles.publicationBody}>
        <div className={styles.publicationTitle}>
          {publication.packageDeleted ? (
            <strong>{publication.version}</strong>
          ) : (
            <Link
              href={versionPath({
                runtime: publication.runtime,
                version: publication.version,
              })}
              weight="bold"
            >
              {publication.version}
            </Link>
          )}
          {publication.current && <strong>{t('publications.current')}</strong>}
          <span className={styles.secondary}>
            <RelativeTime at={publication.publishedAt} />
            {publication.endedAt && (
              <>
                {' '}
                {t('publications.until')}{' '}
                <RelativeTime at={publication.endedAt} />
              </>
            )}{' '}
            {t('status.by')} <Actor actor={publication.publishedBy} />
          </span>
        </div>
        <span>{publication.comment}</span>
        <span className={styles.secondary}>
          {t('publications.configuration', {
            revision: String(publication.configurationRevision),
          })}
          {publication.switchMillis !== undefined &&
            ` · ${t('publications.switched', {
              millis: String(Math.round(publication.switchMillis)),
            })}`}
          {publication.packageDeleted &&
            ` · ${t('publications.packageDeleted')}`}
        </span>
      </div>
      {props.onRollBack && (
        <Button
          size="small"
          variant="secondary"
          aria-label={t('publications.rollBackLabel', {
            version: publication.version,
            revision: String(publication.configurationRevision),
          })}
          onPress={props.onRollBack}
        >
          {t('publications.rollBackTo')}
        </Button>
      )}
    </li>
  );
}

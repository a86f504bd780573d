import type { ReactNode } from 'react';
import { Link } from '@backstage/ui';
import { useRouteRef } from '@backstage/core-plugin-api';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { versionRouteRef } from '../../routes';
import { Actor } from '../Common/Actor';
import { CopyField } from '../Common/CopyField';
import styles from './Runtime.module.css';

/** Under the name of a runtime: whose it is, where it runs, and for each solution what answers at which address. */
export function RuntimeFacts({ runtime }: { runtime: Runtime }) {
  const t = useTexts();
  const versionPath = useRouteRef(versionRouteRef);
  return (
    <div className={styles.facts}>
      {runtime.description && (
        <p className={styles.description}>{runtime.description}</p>
      )}
      {runtime.solutions.map(solution => (
        <dl
          key={solution.id}
          className={styles.factRow}
          data-among-others={runtime.solutions.length > 1 || undefined}
        >
          <Fact
            label={
              runtime.solutions.length > 1
                ? solution.name
                : t('runtime.published')
            }
          >
            {solution.publishedVersion ? (
              <Link
                href={versionPath({
                  runtime: runtime.id,
                  version: solution.publishedVersion,
                })}
                weight="bold"
              >
                {solution.publishedVersion}
              </Link>
            ) : (
              t(
                solution.deleting
                  ? 'solutions.deleting'
                  : 'runtime.nothingPublished',
              )
            )}
          </Fact>
          <Fact label={t('common.address')}>
            <CopyField
              text={solution.address.http}
              what={t('common.address').toLowerCase()}
            />
          </Fact>
        </dl>
      ))}
      <dl className={styles.factRow}>
        <Fact label={t('runtime.owner')}>
          <Actor actor={runtime.owner} />
        </Fact>
        <Fact label={t('runtime.namespace')}>{runtime.namespace}</Fact>
        <Fact label={t('runtime.cluster')}>{runtime.cluster}</Fact>
      </dl>
    </div>
  );
}

function Fact(props: { label: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

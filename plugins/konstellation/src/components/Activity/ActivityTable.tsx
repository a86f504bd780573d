import {
  Cell,
  CellText,
  Link,
  Table,
  useBreakpoint,
  type ColumnConfig,
} from '@backstage/ui';
import { useRouteRef } from '@backstage/core-plugin-api';
import type {
  Activity,
  ActivityFilter,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { runtimeRouteRef, versionRouteRef } from '../../routes';
import { Actor } from '../Common/Actor';
import { EmptyNotice } from '../Common/EmptyNotice';
import { RelativeTime } from '../Common/RelativeTime';
import styles from './Activity.module.css';

/** Activities, a row each, with the columns that the place leaves open. */
export function ActivityTable(props: {
  /** Undefined while loading. */
  activities: Activity[] | undefined;
  place: Pick<ActivityFilter, 'runtime' | 'version'>;
  isFiltered: boolean;
}) {
  const { place } = props;
  const t = useTexts();
  const { up } = useBreakpoint();
  const runtimePath = useRouteRef(runtimeRouteRef);
  const versionPath = useRouteRef(versionRouteRef);
  const isNarrow = !up('sm');

  const share = (width: `${number}fr`) => (isNarrow ? undefined : width);
  const columns: ColumnConfig<Activity>[] = [
    {
      id: 'what',
      defaultWidth: share('2fr'),
      label: t('activity.columnWhat'),
      isRowHeader: true,
      cell: activity => (
        <Cell>
          <span className={styles.lines}>
            {t(`activity.${activity.type}`)}
            <span className={styles.where}>
              {describeWhere(activity, place, isNarrow)}
            </span>
          </span>
        </Cell>
      ),
    },
    {
      id: 'runtime',
      defaultWidth: share('1.5fr'),
      label: t('activity.columnRuntime'),
      isHidden: Boolean(place.runtime) || isNarrow,
      cell: ({ runtime }) => (
        <Cell>
          <Link href={runtimePath({ runtime })} truncate>
            {runtime}
          </Link>
        </Cell>
      ),
    },
    {
      id: 'version',
      defaultWidth: share('1.5fr'),
      label: t('activity.columnVersion'),
      isHidden: Boolean(place.version) || isNarrow,
      cell: ({ runtime, solution, version, type }) => {
        if (!version) {
          return <CellText title={solution ?? t('common.none')} />;
        }
        return (
          <Cell>
            {type === 'version.deleted' ? (
              version
            ) : (
              <Link href={versionPath({ runtime, version })} truncate>
                {version}
              </Link>
            )}
          </Cell>
        );
      },
    },
    {
      id: 'comment',
      defaultWidth: share('3fr'),
      label: t('activity.columnComment'),
      cell: activity => (
        <Cell>
          <span className={styles.lines}>
            <span className={styles.comment}>{activity.comment}</span>
            {activity.count && activity.lastAt && (
              <span className={styles.where}>
                {t('activity.repeated', { times: String(activity.count) })}{' '}
                <RelativeTime at={activity.lastAt} />
              </span>
            )}
          </span>
        </Cell>
      ),
    },
    {
      id: 'actor',
      defaultWidth: share('1.5fr'),
      label: t('activity.columnActor'),
      isHidden: isNarrow,
      cell: activity => (
        <Cell>
          <Actor actor={activity.actor} />
        </Cell>
      ),
    },
    {
      id: 'time',
      defaultWidth: share('1.5fr'),
      label: t('activity.columnTime'),
      cell: activity => (
        <Cell>
          <RelativeTime at={activity.at} />
        </Cell>
      ),
    },
  ];

  return (
    <Table
      columnConfig={columns}
      data={props.activities}
      isPending={!props.activities}
      pagination={{ type: 'none' }}
      emptyState={
        props.isFiltered ? (
          <EmptyNotice
            title={t('activity.noMatchTitle')}
            text={t('activity.noMatchText')}
          />
        ) : (
          <EmptyNotice
            title={t('activity.emptyTitle')}
            text={t('activity.emptyText')}
          />
        )
      }
    />
  );
}

/** The change of status; on a narrow screen also what it was done with, whose columns are not there. */
function describeWhere(
  { from, to, runtime, solution, version }: Activity,
  place: Pick<ActivityFilter, 'runtime' | 'version'>,
  isNarrow: boolean,
): string | undefined {
  const change = from && to && from !== to ? `${from} → ${to}` : undefined;
  const where = isNarrow
    ? [!place.runtime && runtime, !place.version && (version ?? solution)]
    : [];
  return [...where, change].filter(Boolean).join(' · ') || undefined;
}

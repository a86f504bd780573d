import {
  Button,
  Cell,
  CellText,
  Table,
  useBreakpoint,
  type ColumnConfig,
} from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type {
  Activity,
  Runtime,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { usePagedResource } from '../../hooks/usePagedResource';
import { useTexts } from '../../hooks/useTexts';
import { Actor } from '../Common/Actor';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { RelativeTime } from '../Common/RelativeTime';
import styles from './Activity.module.css';

/** What was done in a runtime, or with one of its versions, newest first. */
export function ActivityTab(props: {
  runtime: Runtime;
  /** Name of the only version to show. */
  version?: string;
}) {
  const { runtime, version } = props;
  const t = useTexts();
  const { up } = useBreakpoint();
  const api = useApi(konstellationApiRef);
  const activities = usePagedResource(
    `${runtime.id}/${version ?? ''}`,
    (page, signal) =>
      api.listActivities({ ...page, runtime: runtime.id, version }, { signal }),
  );
  useLiveReload(activities.reload, [runtime.signal]);

  if (activities.error && !activities.value) {
    return (
      <ErrorNotice
        error={activities.error}
        what={t('runtime.tabActivity')}
        onRetry={activities.reload}
      />
    );
  }

  const columns: ColumnConfig<Activity>[] = [
    {
      id: 'what',
      label: t('activity.columnWhat'),
      isRowHeader: true,
      cell: activity => (
        <CellText
          title={t(`activity.${activity.type}`)}
          description={
            activity.from && activity.to && activity.from !== activity.to
              ? `${activity.from} → ${activity.to}`
              : undefined
          }
        />
      ),
    },
    {
      id: 'version',
      label: t('activity.columnVersion'),
      isHidden: Boolean(version) || !up('sm'),
      cell: activity => (
        <CellText title={activity.version ?? t('common.none')} />
      ),
    },
    {
      id: 'comment',
      label: t('activity.columnComment'),
      cell: activity => (
        <Cell>
          <span className={styles.comment}>{activity.comment}</span>
        </Cell>
      ),
    },
    {
      id: 'actor',
      label: t('activity.columnActor'),
      isHidden: !up('sm'),
      cell: activity => (
        <Cell>
          <Actor actor={activity.actor} />
        </Cell>
      ),
    },
    {
      id: 'time',
      label: t('activity.columnTime'),
      cell: activity => (
        <Cell>
          <RelativeTime at={activity.at} />
        </Cell>
      ),
    },
  ];

  return (
    <>
      <Table
        columnConfig={columns}
        data={activities.value}
        isPending={!activities.value}
        pagination={{ type: 'none' }}
        emptyState={
          <EmptyNotice
            title={t('activity.emptyTitle')}
            text={t('activity.emptyText')}
          />
        }
      />
      {activities.showMore && (
        <Button variant="secondary" onPress={activities.showMore}>
          {t('common.showMore')}
        </Button>
      )}
    </>
  );
}

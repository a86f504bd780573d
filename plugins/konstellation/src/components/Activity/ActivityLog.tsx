import { Button, Text } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type { ActivityFilter } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useLiveReload } from '../../hooks/useLiveReload';
import { usePagedResource } from '../../hooks/usePagedResource';
import { useTexts } from '../../hooks/useTexts';
import { ErrorNotice } from '../Common/ErrorNotice';
import styles from './Activity.module.css';
import { ActivityExport } from './ActivityExport';
import { ActivityFilters } from './ActivityFilters';
import { ActivityTable } from './ActivityTable';
import type { ActivityFields } from './activityFilter';
import { useActivityFilter } from './useActivityFilter';

/** What was done, newest first: of one version, one runtime, or all the user may see. */
export function ActivityLog(props: {
  /** What the place decides; not offered as a filter. */
  place: Pick<ActivityFilter, 'runtime' | 'version'>;
  /** Key of the runtime it is about, if one. */
  signal?: string;
}) {
  const { place } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const { fields, filter: asked, isFiltered, set, clear } = useActivityFilter();
  const filter = { ...asked, ...place };
  const activities = usePagedResource(JSON.stringify(filter), (page, signal) =>
    api.listActivities({ ...page, ...filter }, { signal }),
  );
  useLiveReload(activities.reload, [props.signal]);

  const fixed: Array<keyof ActivityFields> = [
    ...(place.runtime ? (['runtime'] as const) : []),
    ...(place.version ? (['version'] as const) : []),
  ];
  return (
    <div className={styles.log}>
      <div className={styles.head}>
        <ActivityFilters
          fields={fields}
          fixed={fixed}
          isFiltered={isFiltered}
          onChange={set}
          onClear={clear}
        />
        <ActivityExport filter={filter} />
      </div>
      {activities.error && (
        <ErrorNotice
          error={activities.error}
          what={t('activity.title')}
          onRetry={activities.reload}
          stale={Boolean(activities.value)}
        />
      )}
      {!(activities.error && !activities.value) && (
        <ActivityTable
          activities={activities.value}
          place={place}
          isFiltered={isFiltered}
        />
      )}
      {activities.showMore && (
        <Button variant="secondary" onPress={activities.showMore}>
          {t('common.showMore')}
        </Button>
      )}
      {activities.isCapped && (
        <Text as="p" variant="body-small" color="secondary">
          {t('activity.capped', {
            shown: String(activities.value?.length ?? 0),
          })}
        </Text>
      )}
    </div>
  );
}

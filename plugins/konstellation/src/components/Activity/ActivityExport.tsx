import { Alert, Button } from '@backstage/ui';
import { RiDownloadLine } from '@remixicon/react';
import { useApi } from '@backstage/core-plugin-api';
import type { ActivityFilter } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useAction } from '../../hooks/useAction';
import { useTexts } from '../../hooks/useTexts';
import { describeError } from '../Common/apiErrors';
import { saveFile } from '../Common/saveFile';
import styles from './Activity.module.css';

/** The filtered log as a file, all of it. */
export function ActivityExport(props: { filter: ActivityFilter }) {
  const { filter } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const save = async (format: 'csv' | 'ndjson') => {
    const name = ['activity', filter.runtime, filter.version]
      .filter(Boolean)
      .join('-');
    saveFile(
      `${name}.${format}`,
      await api.exportActivities({ ...filter, format }),
    );
  };
  const csv = useAction(() => save('csv'));
  const ndjson = useAction(() => save('ndjson'));
  const error = csv.error ?? ndjson.error;
  return (
    <>
      <div className={styles.export}>
        <Button
          size="small"
          variant="secondary"
          iconStart={<RiDownloadLine />}
          aria-label={t('activity.exportCsv')}
          isPending={csv.pending}
          onPress={csv.run}
        >
          {t('activity.csv')}
        </Button>
        <Button
          size="small"
          variant="secondary"
          iconStart={<RiDownloadLine />}
          aria-label={t('activity.exportNdjson')}
          isPending={ndjson.pending}
          onPress={ndjson.run}
        >
          {t('activity.ndjson')}
        </Button>
      </div>
      {error && (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('activity.exportFailed')}
          description={describeError(error)}
        />
      )}
    </>
  );
}

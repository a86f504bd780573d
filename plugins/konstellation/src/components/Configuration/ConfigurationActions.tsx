import { Alert, Button } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useAction } from '../../hooks/useAction';
import { useTexts } from '../../hooks/useTexts';
import { describeError } from '../Common/apiErrors';
import { saveFile } from '../Common/saveFile';
import styles from './Configuration.module.css';

/** Whole configurations in and out, as `.env` files. */
export function ConfigurationActions(props: {
  version: Version;
  /** Whether values may leave the portal. */
  mayRead: boolean;
  /** Absent where nothing can be changed. */
  onImport?: () => void;
}) {
  const { version } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const exporting = useAction(async () => {
    const text = await api.exportConfiguration({
      runtime: version.runtime,
      version: version.name,
    });
    saveFile(
      `${version.runtime}-${version.name}.env`,
      new Blob([text], { type: 'text/plain' }),
    );
  });
  return (
    <>
      <div className={styles.actions}>
        {props.onImport && (
          <Button size="small" variant="secondary" onPress={props.onImport}>
            {t('configuration.import')}
          </Button>
        )}
        {props.mayRead && (
          <Button
            size="small"
            variant="secondary"
            isPending={exporting.pending}
            onPress={exporting.run}
          >
            {t('configuration.export')}
          </Button>
        )}
      </div>
      {exporting.error && (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('configuration.exportFailed')}
          description={describeError(exporting.error)}
        />
      )}
    </>
  );
}

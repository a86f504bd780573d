import { Alert, Button } from '@backstage/ui';
import type { VersionConfiguration } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';

/** That it was saved, and what comes next. */
export function SavedNotice(props: {
  configuration: VersionConfiguration;
  /** Absent while the version cannot be started. */
  onStart?: () => void;
}) {
  const t = useTexts();
  const { revision, completed } = props.configuration;
  return (
    <Alert
      role="status"
      status="success"
      icon
      title={t('configuration.saved', { revision: String(revision) })}
      description={
        completed && props.onStart ? t('configuration.nextStart') : undefined
      }
      customActions={
        completed && props.onStart ? (
          <Button
            size="small"
            variant="primary"
            onPress={props.onStart}
            aria-label={t('configuration.startNow')}
          >
            {t('configuration.startNow')}
          </Button>
        ) : undefined
      }
    />
  );
}

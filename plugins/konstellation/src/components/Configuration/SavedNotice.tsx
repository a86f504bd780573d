import { Button } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { Notice } from '../Common/Notice';

/** That it was saved, and what comes next. */
export function SavedNotice(props: {
  revision: number;
  /** Absent while the version cannot be started. */
  onStart?: () => void;
}) {
  const t = useTexts();
  return (
    <Notice
      role="status"
      status="success"
      title={t('configuration.saved', { revision: String(props.revision) })}
      description={props.onStart && t('configuration.nextStart')}
      customActions={
        props.onStart && (
          <Button size="small" variant="primary" onPress={props.onStart}>
            {t('configuration.startNow')}
          </Button>
        )
      }
    />
  );
}

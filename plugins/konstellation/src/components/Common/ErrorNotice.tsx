import { Button } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { describeError, findErrorName } from './apiErrors';
import { EmptyNotice } from './EmptyNotice';
import { Notice } from './Notice';

/** A failed read, beside the place that misses it. A denied or missing one says so without alarm. */
export function ErrorNotice(props: {
  error: Error;
  /** What could not be loaded, as the beginning of a sentence. */
  what: string;
  onRetry: () => void;
  /** True while an older answer is still shown. */
  stale?: boolean;
}) {
  const t = useTexts();
  if (findErrorName(props.error) === 'NotFoundError') {
    return (
      <EmptyNotice
        title={t('common.notFoundTitle')}
        text={t('common.notFoundText', { what: props.what })}
      />
    );
  }
  return (
    <Notice
      role="alert"
      status={props.stale ? 'warning' : 'danger'}
      title={t('common.loadFailed', { what: props.what })}
      description={
        props.stale
          ? `${describeError(props.error)} ${t('common.staleWarning')}`
          : describeError(props.error)
      }
      customActions={
        <Button size="small" variant="secondary" onPress={props.onRetry}>
          {t('common.retry')}
        </Button>
      }
    />
  );
}

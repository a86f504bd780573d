import { Alert, Button } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { EmptyNotice } from './EmptyNotice';

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
  if (props.error.name === 'NotFoundError') {
    return (
      <EmptyNotice
        title={t('common.notFoundTitle')}
        text={t('common.notFoundText', { what: props.what })}
      />
    );
  }
  return (
    <Alert
      role="alert"
      status={props.stale ? 'warning' : 'danger'}
      icon
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

/** The sentence of an error of the API, without what only programs need. */
export function describeError(error: Error): string {
  const body = 'body' in error ? error.body : undefined;
  if (typeof body === 'object' && body !== null && 'error' in body) {
    const inner = body.error;
    if (
      typeof inner === 'object' &&
      inner !== null &&
      'message' in inner &&
      typeof inner.message === 'string'
    ) {
      return inner.message;
    }
  }
  return error.message;
}

import { Alert, Text } from '@backstage/ui';
import type { PredictionResult } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { describeError } from '../Common/apiErrors';
import { StatusShape } from '../Status/StatusShape';
import { nodeLooks } from '../Status/tones';
import styles from './Predictions.module.css';

/** What came back of a call, also when it is an error of the solution. */
export function PredictionAnswer(props: {
  outcome: PredictionResult | Error | undefined;
}) {
  const t = useTexts();
  const { outcome } = props;
  if (!outcome) {
    return null;
  }
  if (outcome instanceof Error) {
    return (
      <Alert role="alert" status="danger" icon title={describeError(outcome)} />
    );
  }
  const isGood = outcome.status >= 200 && outcome.status < 300;
  return (
    <section aria-label={t('predictions.answer')} role="status">
      <div className={styles.answerHead}>
        <Text as="h4" variant="body-medium" weight="bold">
          {t('predictions.answer')}
        </Text>
        <span className={styles.answerStatus}>
          <StatusShape look={isGood ? nodeLooks.READY : nodeLooks.ERROR} />
          {t('predictions.status', { status: String(outcome.status) })}
        </span>
        <span>
          {t('predictions.millis', {
            millis: String(Math.round(outcome.millis)),
          })}
        </span>
        {outcome.traceId && (
          <span className={styles.trace}>
            {t('predictions.trace', { id: outcome.traceId })}
          </span>
        )}
      </div>
      <pre className={styles.json}>
        {JSON.stringify(outcome.body, undefined, 2)}
      </pre>
    </section>
  );
}

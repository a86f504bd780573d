import { Alert, Checkbox, Flex, Text } from '@backstage/ui';
import type {
  ConfigurationPreview,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts, type Texts } from '../../hooks/useTexts';
import styles from './Configuration.module.css';
import { QuotaTable } from './QuotaTable';

/** What a change would do, in plain words; keys, never values. */
export function ReviewSummary(props: {
  plan: ConfigurationPreview;
  version: Version;
  isPaused: boolean;
  /** Present where replacing with a pause is offered. */
  onPause?: (isPaused: boolean) => void;
}) {
  const { plan, version, isPaused, onPause } = props;
  const t = useTexts();
  if (plan.changes.length === 0) {
    return <Alert status="info" icon title={t('review.nothing')} />;
  }
  const keys = plan.missing.join(', ');
  const makesRelease =
    plan.effect === 'beside' || plan.effect === 'publication';
  return (
    <Flex direction="column" gap="4">
      <ul className={styles.changes} aria-label={t('review.keys')}>
        {plan.changes.map(({ key, change }) => (
          <li key={key} data-change={change}>
            <code>{key}</code> <span>{t(`review.${change}`)}</span>
          </li>
        ))}
      </ul>
      {plan.missing.length > 0 && (
        <Alert
          status="warning"
          icon
          title={
            makesRelease
              ? t('review.missingRunning', { keys })
              : t('review.missingStopped', { keys })
          }
        />
      )}
      <Flex direction="column" gap="1">
        <Text as="p" variant="body-medium">
          {describeEffect(plan, version, isPaused, t)}
        </Text>
        {plan.restarts.length > 0 && (
          <Text as="p" variant="body-medium" color="secondary">
            {t('review.restarts', { nodes: plan.restarts.join(', ') })}
          </Text>
        )}
      </Flex>
      {plan.quota.length > 0 && <QuotaTable quota={plan.quota} />}
      {!plan.hasRoom && (
        <Alert
          status="warning"
          icon
          title={t('review.noRoomTitle')}
          description={t('review.noRoomText')}
        />
      )}
      {onPause && (
        <Flex direction="column" gap="1">
          <Checkbox isSelected={isPaused} onChange={onPause}>
            {t('review.pause')}
          </Checkbox>
          <Text as="p" variant="body-small" color="secondary">
            {t('review.pauseHint')}
          </Text>
        </Flex>
      )}
    </Flex>
  );
}

function describeEffect(
  plan: ConfigurationPreview,
  version: Version,
  isPaused: boolean,
  t: Texts,
): string {
  switch (plan.effect) {
    case 'nothing':
      return t('review.effectNothing');
    case 'next-start':
      return t('review.effectNextStart', { version: version.name });
    case 'beside':
      return isPaused ? t('review.effectPause') : t('review.effectBeside');
    case 'publication':
      return isPaused
        ? t('review.effectPausePublished')
        : t('review.effectPublication');
    default: {
      const unknown: never = plan.effect;
      return unknown;
    }
  }
}

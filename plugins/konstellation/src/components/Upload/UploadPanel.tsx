import { Button, Flex, Text } from '@backstage/ui';
import { isSentInParts } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts, type Texts } from '../../hooks/useTexts';
import { describeError } from '../Common/apiErrors';
import { formatBytes } from '../Common/formatBytes';
import { Panel } from '../Common/Panel';
import { ProblemList } from './ProblemList';
import styles from './Upload.module.css';
import type { UploadState } from './useUpload';

/** The upload under way, or what came of it. */
export function UploadPanel(props: {
  state: UploadState;
  onCancel: () => void;
  onPause: () => void;
  onResume: () => void;
  onChoose: () => void;
  onRetry: (file: File) => void;
}) {
  const t = useTexts();
  const { state } = props;
  switch (state.step) {
    case 'idle':
      return null;
    case 'checking':
      return (
        <Progress
          title={t('upload.checking', { file: state.file.name })}
          done={state.done}
          total={state.file.size}
          onCancel={props.onCancel}
        />
      );
    case 'uploading':
      return (
        <Progress
          title={t('upload.uploading', { file: state.file.name })}
          done={state.sent}
          total={state.file.size}
          bytesPerSecond={state.bytesPerSecond}
          onPause={isSentInParts(state.file.size) ? props.onPause : undefined}
          onCancel={props.onCancel}
        />
      );
    case 'paused':
      return (
        <Panel>
          <Flex direction="column" gap="1">
            <Text as="h3" variant="body-large" weight="bold">
              {t('upload.paused', { file: state.file.name })}
            </Text>
            <Text as="p" variant="body-medium">
              {t('upload.pausedText', {
                sent: formatBytes(state.sent),
                total: formatBytes(state.file.size),
              })}
            </Text>
          </Flex>
          <Flex gap="2">
            <Button variant="primary" onPress={props.onResume}>
              {t('upload.resume')}
            </Button>
            <Button variant="secondary" onPress={props.onCancel}>
              {t('upload.cancel')}
            </Button>
          </Flex>
        </Panel>
      );
    case 'refused': {
      const count = state.problems.filter(
        each => each.severity === 'error',
      ).length;
      return (
        <Panel tone="danger" isAlert>
          <Flex direction="column" gap="1">
            <Text as="h3" variant="body-large" weight="bold">
              {t('upload.refusedTitle', { file: state.file.name })}
            </Text>
            <Text as="p" variant="body-medium">
              {state.by === 'browser'
                ? t('upload.refusedText', { count })
                : t('upload.refusedByServer', { count })}
            </Text>
          </Flex>
          <ProblemList problems={state.problems} manifest={state.manifest} />
          <Flex gap="2">
            <Button variant="primary" onPress={props.onChoose}>
              {t('upload.chooseOther')}
            </Button>
            <Button variant="secondary" onPress={props.onCancel}>
              {t('common.close')}
            </Button>
          </Flex>
        </Panel>
      );
    }
    case 'failed':
      return (
        <Panel tone="danger" isAlert>
          <Flex direction="column" gap="1">
            <Text as="h3" variant="body-large" weight="bold">
              {t('upload.failedTitle', { file: state.file.name })}
            </Text>
            <Text as="p" variant="body-medium">
              {describeError(state.error)}
            </Text>
          </Flex>
          <Flex gap="2">
            <Button variant="primary" onPress={() => props.onRetry(state.file)}>
              {t('upload.tryAgain')}
            </Button>
            <Button variant="secondary" onPress={props.onChoose}>
              {t('upload.chooseOther')}
            </Button>
          </Flex>
        </Panel>
      );
    default: {
      const unknown: never = state;
      return unknown;
    }
  }
}

function timeLeft(t: Texts, seconds: number): string {
  return seconds < 90
    ? t('upload.secondsLeft', { count: Math.max(1, Math.round(seconds)) })
    : t('upload.minutesLeft', { count: Math.round(seconds / 60) });
}

function Progress(props: {
  title: string;
  done: number;
  total: number;
  bytesPerSecond?: number;
  onPause?: () => void;
  onCancel: () => void;
}) {
  const t = useTexts();
  const { done, total, bytesPerSecond } = props;
  const percent = total > 0 ? Math.min(100, (done / total) * 100) : 0;
  const isFinishing = bytesPerSecond !== undefined && done >= total;
  return (
    <Panel>
      <div className={styles.row}>
        <strong>{props.title}</strong>
        <Flex gap="2">
          {props.onPause && !isFinishing && (
            <Button size="small" variant="secondary" onPress={props.onPause}>
              {t('upload.pause')}
            </Button>
          )}
          <Button size="small" variant="secondary" onPress={props.onCancel}>
            {t('upload.cancel')}
          </Button>
        </Flex>
      </div>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label={props.title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
      >
        <div className={styles.barFill} style={{ width: `${percent}%` }} />
      </div>
      <div className={styles.row}>
        <span>
          {isFinishing
            ? t('upload.finishing')
            : t('upload.progress', {
                sent: formatBytes(done),
                total: formatBytes(total),
              })}
        </span>
        {bytesPerSecond ? (
          <span>
            {t('upload.speed', { speed: formatBytes(bytesPerSecond) })}
            {!isFinishing &&
              ` · ${timeLeft(t, (total - done) / bytesPerSecond)}`}
          </span>
        ) : null}
      </div>
    </Panel>
  );
}

import { useState } from 'react';
import { Alert } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type {
  UpdateConfigurationRequest,
  Version,
  VersionConfiguration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import { useTexts } from '../../hooks/useTexts';
import { CommentDialog } from '../Commands/CommentDialog';
import { describeError, findErrorName } from '../Common/apiErrors';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { findCondition } from '../Version/conditions';
import { ReviewSummary } from './ReviewSummary';

const REFUSALS = ['ConflictError', 'InputError', 'NotAllowedError'];

/** What is to be changed, before it has a comment. */
export type ConfigurationRequest = Omit<
  UpdateConfigurationRequest,
  'comment' | 'replace'
>;

/** Shows what a change would do, asks why, and applies it. */
export function ReviewDialog(props: {
  version: Version;
  request: ConfigurationRequest;
  /** The word on the button that leads back. */
  cancelLabel: string;
  onClose: () => void;
  onApplied: (configuration: VersionConfiguration) => void;
}) {
  const { version, request } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const ref = { runtime: version.runtime, version: version.name };
  const [isPaused, setPaused] = useState(false);
  const preview = useResource('preview', signal =>
    api.previewConfiguration(ref, request, { signal }),
  );

  const plan = preview.value;
  const makesRelease =
    plan?.effect === 'beside' || plan?.effect === 'publication';
  const wasDropped =
    findCondition(version.conditions, 'ConfigurationApplied', 'Dropped') !==
    undefined;
  const mayPause = makesRelease && (!plan.hasRoom || wasDropped);
  const pause = mayPause && isPaused;
  const canApply =
    plan !== undefined &&
    plan.changes.length > 0 &&
    (plan.hasRoom || !makesRelease || pause);

  const wordVerb = () => {
    if (pause) {
      return t('review.applyPause');
    }
    return makesRelease ? t('review.apply') : t('review.save');
  };

  return (
    <CommentDialog
      title={t('review.title', { version: version.name })}
      verb={wordVerb()}
      cancelLabel={props.cancelLabel}
      effects={[]}
      width={640}
      focusComment={false}
      destructive={pause && version.status === 'PUBLISHED'}
      isSubmitDisabled={!canApply}
      options={
        <>
          {preview.error && (
            <PreviewError
              error={preview.error}
              onRetry={preview.reload}
              isStale={plan !== undefined}
            />
          )}
          {preview.loading && <LoadingBlock lines={3} />}
          {plan && (
            <ReviewSummary
              plan={plan}
              version={version}
              isPaused={pause}
              onPause={mayPause ? setPaused : undefined}
            />
          )}
        </>
      }
      onClose={props.onClose}
      onSubmit={async comment => {
        try {
          const configuration = await api.updateConfiguration(ref, {
            ...request,
            comment,
            replace: pause ? 'pause' : undefined,
          });
          props.onApplied(configuration);
        } catch (error) {
          // What was shown is no longer how it is.
          preview.reload();
          throw error;
        }
      }}
    />
  );
}

/** A refusal is an answer: it stands for itself. What did not come through may be tried again. */
function PreviewError(props: {
  error: Error;
  isStale: boolean;
  onRetry: () => void;
}) {
  const { error } = props;
  const t = useTexts();
  return REFUSALS.includes(findErrorName(error)) ? (
    <Alert role="alert" status="danger" icon title={describeError(error)} />
  ) : (
    <ErrorNotice
      error={error}
      what={t('review.what')}
      onRetry={props.onRetry}
      stale={props.isStale}
    />
  );
}

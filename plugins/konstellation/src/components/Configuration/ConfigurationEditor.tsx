import { useState } from 'react';
import type {
  Version,
  VersionConfiguration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { ConfigurationForm } from './ConfigurationForm';
import { ImportDialog } from './ImportDialog';
import { ReviewDialog } from './ReviewDialog';
import { useConfigurationDraft } from './useConfigurationDraft';

/** Edits, and the way of an edit: form or import, review, applied. */
export function ConfigurationEditor(props: {
  version: Version;
  configuration: VersionConfiguration;
  mayChange: boolean;
  onSaved: (configuration: VersionConfiguration) => void;
}) {
  const { version, configuration, mayChange } = props;
  const t = useTexts();
  const draft = useConfigurationDraft(configuration);
  const [step, setStep] = useState<'edit' | 'import' | 'review'>('edit');
  const [env, setEnv] = useState('');

  const findReadOnlyReason = () => {
    if (!mayChange) {
      return t('configuration.readOnly');
    }
    const { allowed, reason } = version.commands.configure;
    return allowed ? undefined : reason;
  };
  const close = () => {
    setEnv('');
    setStep('edit');
  };

  return (
    <>
      <ConfigurationForm
        version={version}
        configuration={configuration}
        draft={draft}
        readOnlyReason={findReadOnlyReason()}
        onImport={() => setStep('import')}
        onReview={() => setStep('review')}
      />
      {step === 'import' && (
        <ImportDialog
          text={env}
          onClose={close}
          onText={text => {
            setEnv(text);
            setStep('review');
          }}
        />
      )}
      {step === 'review' && (
        <ReviewDialog
          version={version}
          request={{
            values: draft.values,
            env: env || undefined,
            confirm: draft.confirmed.length > 0 ? draft.confirmed : undefined,
          }}
          cancelLabel={env ? t('review.back') : t('common.cancel')}
          onClose={() => setStep(env ? 'import' : 'edit')}
          onApplied={answer => {
            draft.discard();
            close();
            props.onSaved(answer);
          }}
        />
      )}
    </>
  );
}

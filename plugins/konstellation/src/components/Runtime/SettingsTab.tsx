import { useState, type FormEvent } from 'react';
import {
  Alert,
  Button,
  Flex,
  Text,
  TextAreaField,
  TextField,
} from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { describeError } from '../Common/apiErrors';
import { MAXIMUM_NAME_LENGTH } from '../Naming/ids';
import { Panel } from '../Common/Panel';
import { SolutionsPanel } from '../Solutions/SolutionsPanel';
import { DeleteRuntime } from './DeleteRuntime';
import { NamespaceQuotas } from './NamespaceQuotas';
import { OriginsEditor } from './OriginsEditor';
import { isAmount, withoutEmpty } from './quota';
import { GpuEditor } from './GpuEditor';
import { QuotaEditor } from './QuotaEditor';
import {
  gpuDraft,
  gpuFault,
  isScaling,
  scalingDraft,
  toGpu,
  toScaling,
} from './scaling';
import { ScalingEditor } from './ScalingEditor';

/** What the owner of a runtime can set without a new version, and its end. */
export function SettingsTab(props: {
  runtime: Runtime;
  permissions: RuntimePermissions;
  onChanged: (runtime: Runtime) => void;
  onReload: () => void;
}) {
  return (
    <>
      <GeneralSettings {...props} />
      <SolutionsPanel
        runtime={props.runtime}
        mayChange={props.permissions.update}
        onChanged={props.onReload}
      />
      {props.permissions.delete && props.runtime.status !== 'DELETING' && (
        <DeleteRuntime runtime={props.runtime} />
      )}
    </>
  );
}

function GeneralSettings(props: {
  runtime: Runtime;
  permissions: RuntimePermissions;
  onChanged: (runtime: Runtime) => void;
}) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const { runtime } = props;
  const [name, setName] = useState(runtime.name);
  const [description, setDescription] = useState(runtime.description ?? '');
  const [origins, setOrigins] = useState(runtime.settings.origins ?? []);
  const [quota, setQuota] = useState(runtime.settings.quota ?? {});
  const [scaling, setScaling] = useState(() =>
    scalingDraft(runtime.settings.scaling),
  );
  const [gpu, setGpu] = useState(() => gpuDraft(runtime.settings.gpu));
  const [outcome, setOutcome] = useState<'saved' | Error>();
  const [pending, setPending] = useState(false);

  const nameFault = () => {
    const { length } = name.trim();
    if (length > MAXIMUM_NAME_LENGTH) {
      return t('createRuntime.nameTooLong', { length: String(length) });
    }
    return length === 0 ? t('createRuntime.nameRequired') : undefined;
  };

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const isValid =
      !nameFault() &&
      Object.values(quota).every(isAmount) &&
      isScaling(scaling) &&
      !gpuFault(gpu);
    if (!isValid || pending) {
      return;
    }
    setPending(true);
    setOutcome(undefined);
    try {
      const changed = await api.updateRuntime(runtime.id, {
        name: name.trim(),
        description: description.trim(),
        settings: {
          origins,
          ...(runtime.namespaceBound ? {} : { quota: withoutEmpty(quota) }),
          scaling: toScaling(scaling, runtime.settings.scaling),
          gpu: toGpu(gpu, runtime.settings.gpu),
        },
      });
      setOutcome('saved');
      props.onChanged(changed);
    } catch (thrown) {
      setOutcome(toError(thrown));
    }
    setPending(false);
  };

  const isReadOnly = !props.permissions.update;
  return (
    <form onSubmit={save} noValidate>
      <Panel narrow>
        <Text as="h3" variant="body-large" weight="bold">
          {t('settings.general')}
        </Text>
        <TextField
          label={t('settings.name')}
          isRequired
          isReadOnly={isReadOnly}
          validationBehavior="aria"
          validate={nameFault}
          value={name}
          onChange={setName}
        />
        <TextAreaField
          label={t('settings.description')}
          rows={3}
          isReadOnly={isReadOnly}
          value={description}
          onChange={setDescription}
        />
        <OriginsEditor
          origins={origins}
          onChange={isReadOnly ? undefined : setOrigins}
        />
        {runtime.namespaceBound ? (
          <NamespaceQuotas runtime={runtime} />
        ) : (
          <QuotaEditor
            quota={quota}
            onChange={isReadOnly ? undefined : setQuota}
          />
        )}
        <ScalingEditor
          scaling={scaling}
          onChange={isReadOnly ? undefined : setScaling}
        />
        <GpuEditor gpu={gpu} onChange={isReadOnly ? undefined : setGpu} />
        {outcome instanceof Error && (
          <Alert
            role="alert"
            status="danger"
            icon
            title={describeError(outcome)}
          />
        )}
        {!isReadOnly && (
          <Flex align="center" gap="3">
            <Button type="submit" variant="primary" isPending={pending}>
              {t('settings.save')}
            </Button>
            <span role="status">
              {outcome === 'saved' && (
                <Text variant="body-medium">{t('settings.saved')}</Text>
              )}
            </span>
          </Flex>
        )}
      </Panel>
    </form>
  );
}

import { useState } from 'react';
import { TextAreaField } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import { useTexts } from '../../hooks/useTexts';
import { findErrorCode, findErrorName } from '../Common/apiErrors';
import { ErrorNotice } from '../Common/ErrorNotice';
import { FormDialog } from '../Common/FormDialog';
import { NameFields } from '../Naming/NameFields';
import { useNewName } from '../Naming/useNewName';
import { offeredPlace, PlaceFields, type Place } from './PlaceFields';

/** Asks for name, id and description of a new runtime, and where it goes. */
export function CreateRuntimeDialog(props: {
  onClose: () => void;
  onCreated: (runtime: Runtime) => void;
}) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const named = useNewName();
  const [description, setDescription] = useState('');
  const [takenId, setTakenId] = useState<string>();
  const [place, setPlace] = useState<Place>({});
  const [error, setError] = useState<Error>();
  const [pending, setPending] = useState(false);
  const clusters = useResource('clusters', signal =>
    api.listClusters({ signal }),
  );
  const offered = clusters.value?.items ?? [];
  const chosen = offeredPlace(offered, place);

  const submit = async () => {
    named.check();
    setError(undefined);
    if (!named.isValid || pending) {
      return;
    }
    setPending(true);
    try {
      const runtime = await api.createRuntime({
        id: named.id,
        name: named.name,
        description: description.trim() || undefined,
        ...chosen,
      });
      props.onCreated(runtime);
    } catch (thrown) {
      const failure = toError(thrown);
      // The other conflicts are not about the id, and have a code.
      const isTaken =
        findErrorName(failure) === 'ConflictError' &&
        findErrorCode(failure) === undefined;
      if (isTaken) {
        setTakenId(named.id);
      } else {
        setError(failure);
        // Somebody else may have been faster.
        clusters.reload();
      }
      setPending(false);
    }
  };

  return (
    <FormDialog
      title={t('createRuntime.title')}
      submit={t('createRuntime.submit')}
      error={error}
      pending={pending}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <NameFields
        value={named}
        nameRequired={t('createRuntime.nameRequired')}
        idHint={t('createRuntime.idHint')}
        idTaken={takenId === named.id ? t('createRuntime.idTaken') : undefined}
      />
      <TextAreaField
        label={t('createRuntime.description')}
        rows={3}
        value={description}
        onChange={setDescription}
      />
      {clusters.error && (
        <ErrorNotice
          error={clusters.error}
          what={t('createRuntime.clusters')}
          onRetry={clusters.reload}
          stale={clusters.value !== undefined}
        />
      )}
      <PlaceFields clusters={offered} place={chosen} onChange={setPlace} />
    </FormDialog>
  );
}

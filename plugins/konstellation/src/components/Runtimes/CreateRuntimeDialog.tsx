import { useState, type FormEvent } from 'react';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  TextAreaField,
  TextField,
} from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import { useTexts } from '../../hooks/useTexts';
import contrast from '../Common/Contrast.module.css';
import {
  describeError,
  findErrorCode,
  findErrorName,
} from '../Common/apiErrors';
import { ErrorNotice } from '../Common/ErrorNotice';
import { offeredPlace, PlaceFields, type Place } from './PlaceFields';
import { MAXIMUM_NAME_LENGTH, deriveRuntimeId, findIdFault } from './runtimeId';

/** Asks for name, id and description of a new runtime. The id follows the name until it is edited. */
export function CreateRuntimeDialog(props: {
  onClose: () => void;
  onCreated: (runtime: Runtime) => void;
}) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const [name, setName] = useState('');
  const [ownId, setOwnId] = useState<string>();
  const [description, setDescription] = useState('');
  const [checked, setChecked] = useState(false);
  const [takenId, setTakenId] = useState<string>();
  const [place, setPlace] = useState<Place>({});
  const [error, setError] = useState<Error>();
  const [pending, setPending] = useState(false);

  const clusters = useResource('clusters', signal =>
    api.listClusters({ signal }),
  );

  const offered = clusters.value?.items ?? [];
  const chosen = offeredPlace(offered, place);

  const id = ownId ?? deriveRuntimeId(name);
  const trimmedName = name.trim();

  const nameFault = () => {
    if (trimmedName.length > MAXIMUM_NAME_LENGTH) {
      return t('createRuntime.nameTooLong', {
        length: String(trimmedName.length),
      });
    }
    return checked && !trimmedName
      ? t('createRuntime.nameRequired')
      : undefined;
  };
  const idFault = () => {
    if (takenId === id && id) {
      return t('createRuntime.idTaken');
    }
    const fault = findIdFault(id);
    // Too short is no mistake while one still types.
    const isShown = fault && (checked || fault !== 'idTooShort');
    return isShown ? t(`createRuntime.${fault}`) : undefined;
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    setError(undefined);
    const isValid =
      trimmedName &&
      trimmedName.length <= MAXIMUM_NAME_LENGTH &&
      !findIdFault(id);
    if (!isValid || pending) {
      return;
    }
    setPending(true);
    try {
      const runtime = await api.createRuntime({
        id,
        name: trimmedName,
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
        setTakenId(id);
      } else {
        setError(failure);
        // Somebody else may have been faster.
        clusters.reload();
      }
      setPending(false);
    }
  };

  return (
    <Dialog
      isOpen
      width={520}
      className={contrast.contrast}
      onOpenChange={isOpen => !isOpen && props.onClose()}
    >
      <DialogHeader>{t('createRuntime.title')}</DialogHeader>
      <form onSubmit={submit} noValidate>
        <DialogBody>
          <Flex direction="column" gap="4">
            {error && (
              <Alert
                role="alert"
                status="danger"
                icon
                title={describeError(error)}
              />
            )}
            <TextField
              label={t('createRuntime.name')}
              description={t('createRuntime.nameHint')}
              isRequired
              validationBehavior="aria"
              validate={nameFault}
              value={name}
              onChange={setName}
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
            />
            <TextField
              label={t('createRuntime.id')}
              description={t('createRuntime.idHint')}
              isRequired
              validationBehavior="aria"
              validate={idFault}
              value={id}
              onChange={setOwnId}
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
            <PlaceFields
              clusters={offered}
              place={chosen}
              onChange={setPlace}
            />
          </Flex>
        </DialogBody>
        <DialogFooter>
          <Button variant="secondary" onPress={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="primary" type="submit" isPending={pending}>
            {t('createRuntime.submit')}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

import { useState, type FormEvent } from 'react';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  Text,
  TextField,
} from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useTexts } from '../../hooks/useTexts';
import contrast from '../Common/Contrast.module.css';
import { describeError } from '../Common/apiErrors';
import {
  MAXIMUM_NAME_LENGTH,
  deriveRuntimeId,
  findIdFault,
} from '../Runtimes/runtimeId';
import { deriveSolutionAddress } from './solutionAddress';
import styles from './Solutions.module.css';

/** Asks for name and id of one more solution, and shows the address it will have. */
export function AddSolutionDialog(props: {
  runtime: Runtime;
  onClose: () => void;
  onAdded: () => void;
}) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const { runtime } = props;
  const [name, setName] = useState('');
  const [ownId, setOwnId] = useState<string>();
  const [checked, setChecked] = useState(false);
  const [error, setError] = useState<Error>();
  const [pending, setPending] = useState(false);

  const id = ownId ?? deriveRuntimeId(name);
  const trimmedName = name.trim();
  const fault = findIdFault(id);
  const isTaken = runtime.solutions.some(each => each.id === id);

  const nameFault = () => {
    if (trimmedName.length > MAXIMUM_NAME_LENGTH) {
      return t('createRuntime.nameTooLong', {
        length: String(trimmedName.length),
      });
    }
    return checked && !trimmedName ? t('solutions.nameRequired') : undefined;
  };
  const idFault = () => {
    if (isTaken) {
      return t('solutions.idTaken');
    }
    // Too short is no mistake while one still types.
    const isShown = fault && (checked || fault !== 'idTooShort');
    return isShown ? t(`createRuntime.${fault}`) : undefined;
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    setError(undefined);
    const isNamed = trimmedName && trimmedName.length <= MAXIMUM_NAME_LENGTH;
    if (!isNamed || fault || isTaken || pending) {
      return;
    }
    setPending(true);
    try {
      await api.createSolution(runtime.id, { id, name: trimmedName });
      props.onClose();
      props.onAdded();
    } catch (thrown) {
      setError(toError(thrown));
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
      <DialogHeader>
        {t('solutions.addTitle', { runtime: runtime.name })}
      </DialogHeader>
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
              description={t('solutions.idHint')}
              isRequired
              validationBehavior="aria"
              validate={idFault}
              value={id}
              onChange={setOwnId}
            />
            <div className={styles.addressToBe}>
              <Text as="p" variant="body-small" color="secondary">
                {t('solutions.address')}
              </Text>
              <output aria-live="polite">
                {fault ? (
                  t('solutions.addressPending')
                ) : (
                  <code>{deriveSolutionAddress(runtime, id)}</code>
                )}
              </output>
            </div>
          </Flex>
        </DialogBody>
        <DialogFooter>
          <Button variant="secondary" onPress={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="primary" type="submit" isPending={pending}>
            {t('solutions.add')}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

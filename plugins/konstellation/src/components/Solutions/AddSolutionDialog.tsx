import { useState } from 'react';
import { Text } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useTexts } from '../../hooks/useTexts';
import { FormDialog } from '../Common/FormDialog';
import { NameFields } from '../Naming/NameFields';
import { useNewName } from '../Naming/useNewName';
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
  const named = useNewName();
  const [error, setError] = useState<Error>();
  const [pending, setPending] = useState(false);
  const { id, idFault } = named;
  const isTaken = runtime.solutions.some(each => each.id === id);

  const submit = async () => {
    named.check();
    setError(undefined);
    if (!named.isValid || isTaken || pending) {
      return;
    }
    setPending(true);
    try {
      await api.createSolution(runtime.id, { id, name: named.name });
      props.onClose();
      props.onAdded();
    } catch (thrown) {
      setError(toError(thrown));
      setPending(false);
    }
  };

  return (
    <FormDialog
      title={t('solutions.addTitle', { runtime: runtime.name })}
      submit={t('solutions.add')}
      error={error}
      pending={pending}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <NameFields
        value={named}
        nameRequired={t('solutions.nameRequired')}
        idHint={t('solutions.idHint')}
        idTaken={isTaken ? t('solutions.idTaken') : undefined}
      />
      <div className={styles.addressToBe}>
        <Text as="p" variant="body-small" color="secondary">
          {t('solutions.address')}
        </Text>
        <output aria-live="polite">
          {idFault ? (
            t('solutions.addressPending')
          ) : (
            <code>{deriveSolutionAddress(runtime, id)}</code>
          )}
        </output>
      </div>
    </FormDialog>
  );
}

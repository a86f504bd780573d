import { TextField } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { MAXIMUM_NAME_LENGTH } from './ids';
import type { NewName } from './useNewName';

/** Asks for the name and the id of something new, and says beside each what is wrong with it. */
export function NameFields(props: {
  value: NewName;
  nameRequired: string;
  idHint: string;
  /** What is said where the id is taken. */
  idTaken: string | undefined;
}) {
  const { value } = props;
  const t = useTexts();
  const nameFault = () => {
    const { length } = value.name;
    if (length > MAXIMUM_NAME_LENGTH) {
      return t('createRuntime.nameTooLong', { length: String(length) });
    }
    return value.isChecked && length === 0 ? props.nameRequired : undefined;
  };
  const idFault = () => {
    if (props.idTaken) {
      return props.idTaken;
    }
    const fault = value.idFault;
    // Too short is no mistake while one still types.
    const isShown = fault && (value.isChecked || fault !== 'idTooShort');
    return isShown ? t(`createRuntime.${fault}`) : undefined;
  };
  return (
    <>
      <TextField
        label={t('createRuntime.name')}
        description={t('createRuntime.nameHint')}
        isRequired
        validationBehavior="aria"
        validate={nameFault}
        value={value.typed}
        onChange={value.setName}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- a dialog takes the focus anyway: here one begins to type
        autoFocus
      />
      <TextField
        label={t('createRuntime.id')}
        description={props.idHint}
        isRequired
        validationBehavior="aria"
        validate={idFault}
        value={value.id}
        onChange={value.setId}
      />
    </>
  );
}

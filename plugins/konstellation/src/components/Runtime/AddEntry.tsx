import { useState, type KeyboardEvent } from 'react';
import { Button, TextField } from '@backstage/ui';
import styles from './Runtime.module.css';

/** A field whose text becomes an entry of a list. What it cannot be is said once it was to be added; what is there already, at once. */
export function AddEntry(props: {
  label: string;
  description?: string;
  placeholder?: string;
  button: string;
  /** What the entry is to a text. */
  read: (text: string) => string;
  entries: readonly string[];
  duplicate: string;
  isValid: (entry: string) => boolean;
  invalid: string;
  onAdd: (entry: string) => void;
}) {
  const { entries, isValid, onAdd } = props;
  const [typed, setTyped] = useState('');
  const [checked, setChecked] = useState(false);
  const entry = props.read(typed);

  const fault = () => {
    if (entries.includes(entry)) return props.duplicate;
    return checked && !isValid(entry) ? props.invalid : undefined;
  };
  const add = () => {
    setChecked(true);
    if (!isValid(entry) || entries.includes(entry)) return;
    onAdd(entry);
    setTyped('');
    setChecked(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      // Adds the entry instead of sending the form around it.
      event.preventDefault();
      add();
    }
  };

  return (
    <div className={styles.addRow}>
      <TextField
        label={props.label}
        description={props.description}
        placeholder={props.placeholder}
        validationBehavior="aria"
        validate={fault}
        value={typed}
        onChange={setTyped}
        onKeyDown={onKeyDown}
      />
      <Button variant="secondary" onPress={add} isDisabled={!entry}>
        {props.button}
      </Button>
    </div>
  );
}

import { useId } from 'react';
import { FieldLabel, TextFieldDefinition } from '@backstage/ui';

const { styles, classNames } = TextFieldDefinition;

/** A day, by keyboard or with the calendar of the browser; empty for any. */
export function DateField(props: {
  label: string;
  /** `2026-03-02`, or empty. */
  value: string;
  className?: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  const root = `${classNames.root} ${styles[classNames.root]}`;
  return (
    <div className={`${root} ${props.className ?? ''}`}>
      <FieldLabel label={props.label} htmlFor={id} />
      <div
        className={`${classNames.inputWrapper} ${
          styles[classNames.inputWrapper]
        }`}
        data-size="small"
      >
        <input
          id={id}
          type="date"
          className={`${classNames.input} ${styles[classNames.input]}`}
          data-size="small"
          value={props.value}
          onChange={event => props.onChange(event.target.value)}
        />
      </div>
    </div>
  );
}

import type { ReactNode } from 'react';
import { TextField } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import styles from './Runtime.module.css';
import { scalingFault, type ScalingRow } from './scaling';

const FIELDS = {
  least: {
    label: 'settings.scalingLeast',
    wrong: 'settings.scalingLeastWrong',
  },
  most: { label: 'settings.scalingMost', wrong: 'settings.scalingMostWrong' },
  cpu: { label: 'settings.scalingCpu', wrong: 'settings.scalingCpuWrong' },
} as const;
const NAMES = ['least', 'most', 'cpu'] as const;

/** Bounds of all nodes, or of one. Read-only without `onChange`. */
export function ScalingFields(props: {
  title: string;
  row: ScalingRow;
  /** What holds where a field is empty. */
  placeholders: ScalingRow;
  action?: ReactNode;
  onChange?: (row: ScalingRow) => void;
}) {
  const t = useTexts();
  const { row, onChange } = props;
  const fault = scalingFault(row);
  return (
    <fieldset className={styles.scalingRow}>
      <legend>{props.title}</legend>
      <div className={styles.scalingFields}>
        {NAMES.map(name => (
          <TextField
            key={name}
            label={t(FIELDS[name].label)}
            inputMode="numeric"
            placeholder={props.placeholders[name]}
            isReadOnly={!onChange}
            // Nothing is measured where the number is fixed.
            isDisabled={name === 'cpu' && row.most === ''}
            validationBehavior="aria"
            validate={() =>
              fault === name ? t(FIELDS[name].wrong) : undefined
            }
            value={row[name]}
            onChange={text => onChange?.({ ...row, [name]: text.trim() })}
          />
        ))}
      </div>
      {props.action}
    </fieldset>
  );
}

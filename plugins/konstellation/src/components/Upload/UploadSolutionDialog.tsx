import { useState } from 'react';
import { Select } from '@backstage/ui';
import type { Solution } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { CopyField } from '../Common/CopyField';
import { FormDialog } from '../Common/FormDialog';
import styles from './Upload.module.css';

/** Asks which solution a package is a version of; the one of last time comes first. */
export function UploadSolutionDialog(props: {
  /** Name of the file. */
  file: string;
  solutions: Solution[];
  remembered: string | undefined;
  onClose: () => void;
  onChosen: (solution: string) => void;
}) {
  const t = useTexts();
  const { solutions } = props;
  const [id, setId] = useState(props.remembered);
  const chosen = solutions.find(each => each.id === id) ?? solutions[0];
  return (
    <FormDialog
      title={t('upload.solutionTitle', { file: props.file })}
      submit={t('upload.solutionNext')}
      onSubmit={() => props.onChosen(chosen.id)}
      onClose={props.onClose}
    >
      <div className={styles.ask}>
        <Select
          label={t('upload.solution')}
          description={t('upload.solutionHint')}
          options={solutions.map(({ id: value, name }) => ({
            value,
            label: name === value ? name : `${name} (${value})`,
          }))}
          value={chosen.id}
          onChange={key => setId(String(key))}
        />
        <CopyField
          text={chosen.address.http}
          what={t('common.address').toLowerCase()}
        />
      </div>
    </FormDialog>
  );
}

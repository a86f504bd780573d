import { useState, type FormEvent } from 'react';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Select,
} from '@backstage/ui';
import type { Solution } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import contrast from '../Common/Contrast.module.css';
import { CopyField } from '../Common/CopyField';
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onChosen(chosen.id);
  };
  return (
    <Dialog
      isOpen
      width={520}
      className={contrast.contrast}
      onOpenChange={isOpen => !isOpen && props.onClose()}
    >
      <DialogHeader>
        {t('upload.solutionTitle', { file: props.file })}
      </DialogHeader>
      <form onSubmit={submit}>
        <DialogBody>
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
        </DialogBody>
        <DialogFooter>
          <Button variant="secondary" onPress={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="primary" type="submit">
            {t('upload.solutionNext')}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

import type { FormEvent, ReactNode } from 'react';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
} from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { describeError } from './apiErrors';
import contrast from './Contrast.module.css';

/** Asks for something in a dialog, which stays open with what was typed while it is refused. */
export function FormDialog(props: {
  title: string;
  submit: string;
  /** Pixels, where the page has them. */
  width?: number;
  /** Why it was refused. */
  error?: Error;
  pending?: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useTexts();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <Dialog
      isOpen
      width={props.width ?? 520}
      className={contrast.contrast}
      onOpenChange={isOpen => !isOpen && props.onClose()}
    >
      <DialogHeader>{props.title}</DialogHeader>
      <form onSubmit={submit} noValidate>
        <DialogBody>
          <Flex direction="column" gap="4">
            {props.error && (
              <Alert
                role="alert"
                status="danger"
                icon
                title={describeError(props.error)}
              />
            )}
            {props.children}
          </Flex>
        </DialogBody>
        <DialogFooter>
          <Button variant="secondary" onPress={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="primary" type="submit" isPending={props.pending}>
            {props.submit}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

import {
  useState,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  Text,
  TextAreaField,
  TextField,
} from '@backstage/ui';
import { toError } from '@backstage/errors';
import { useTexts } from '../../hooks/useTexts';
import contrast from '../Common/Contrast.module.css';
import { describeError } from '../Common/apiErrors';

const MAXIMUM_COMMENT_LENGTH = 1000;

/** What a dialog for one command says. */
export interface CommentDialogProps {
  title: string;
  /** The word on the button. */
  verb: string;
  /** What will happen, a sentence each. */
  effects: string[];
  destructive?: boolean;
  /** What may be chosen about the command. */
  options?: ReactNode;
  /** Whether the comment is where one begins; not where there is something to read first. */
  focusComment?: boolean;
  /** Nothing can be sent yet. */
  isSubmitDisabled?: boolean;
  /** The word on the button that closes without sending. */
  cancelLabel?: string;
  /** Pixels, where the page has them. */
  width?: number;
  /** An id to type before the button works, for what cannot be undone. */
  confirmId?: string;
  /** Sends the command; a rejection is shown and the text kept. */
  onSubmit: (comment: string) => Promise<void>;
  onClose: () => void;
}

/** Says what a command does and asks why. Ctrl+Enter sends. */
export function CommentDialog(props: CommentDialogProps) {
  const t = useTexts();
  const [comment, setComment] = useState('');
  const [typedId, setTypedId] = useState('');
  const [checked, setChecked] = useState(false);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error>();

  const commentFault = () => {
    const { length } = comment.trim();
    if (length > MAXIMUM_COMMENT_LENGTH) {
      return t('common.commentTooLong');
    }
    return checked && length === 0 ? t('common.commentRequired') : undefined;
  };
  const isConfirmed = !props.confirmId || typedId === props.confirmId;
  const idFault = () =>
    checked && !isConfirmed
      ? t('settings.confirmMismatch', { id: props.confirmId ?? '' })
      : undefined;

  const submit = async () => {
    setChecked(true);
    const trimmed = comment.trim();
    const isValid =
      trimmed && trimmed.length <= MAXIMUM_COMMENT_LENGTH && isConfirmed;
    if (!isValid || pending || props.isSubmitDisabled) {
      return;
    }
    setPending(true);
    setError(undefined);
    try {
      await props.onSubmit(trimmed);
    } catch (thrown) {
      setError(toError(thrown));
      setPending(false);
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  };
  const onFormSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };

  return (
    <Dialog
      isOpen
      width={props.width ?? 520}
      className={contrast.contrast}
      onOpenChange={isOpen => !isOpen && props.onClose()}
    >
      <DialogHeader>{props.title}</DialogHeader>
      <form onSubmit={onFormSubmit} noValidate>
        <DialogBody>
          <Flex direction="column" gap="4">
            {props.effects.length > 0 && (
              <Flex direction="column" gap="1">
                {props.effects.map(effect => (
                  <Text as="p" key={effect} variant="body-medium">
                    {effect}
                  </Text>
                ))}
              </Flex>
            )}
            {props.options}
            {error && (
              <Alert
                role="alert"
                status="danger"
                icon
                title={describeError(error)}
              />
            )}
            {props.confirmId && (
              <TextField
                label={t('settings.confirmId', { id: props.confirmId })}
                isRequired
                validationBehavior="aria"
                validate={idFault}
                onKeyDown={onKeyDown}
                value={typedId}
                onChange={setTypedId}
              />
            )}
            <TextAreaField
              label={t('common.comment')}
              description={t('common.commentHint')}
              isRequired
              rows={3}
              validationBehavior="aria"
              validate={commentFault}
              onKeyDown={onKeyDown}
              value={comment}
              onChange={setComment}
              // eslint-disable-next-line jsx-a11y/no-autofocus -- a dialog takes the focus anyway: here one begins to type
              autoFocus={!props.confirmId && props.focusComment !== false}
            />
          </Flex>
        </DialogBody>
        <DialogFooter>
          <Button variant="secondary" onPress={props.onClose}>
            {props.cancelLabel ?? t('common.cancel')}
          </Button>
          <Button
            variant="primary"
            type="submit"
            destructive={props.destructive}
            className={props.destructive ? contrast.danger : undefined}
            isPending={pending}
            isDisabled={props.isSubmitDisabled}
          >
            {props.verb}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

import { useRef } from 'react';
import { Button, ButtonIcon, VisuallyHidden } from '@backstage/ui';
import { RiFileUploadLine } from '@remixicon/react';

/** A button that lets one choose a file. */
export function FileButton(props: {
  label: string;
  /** Only a sign, where there is no room for the words. */
  isIcon?: boolean;
  accept?: string;
  onFile: (file: File) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const choose = () => input.current?.click();
  return (
    <>
      {props.isIcon ? (
        <ButtonIcon
          size="small"
          variant="tertiary"
          aria-label={props.label}
          icon={<RiFileUploadLine />}
          onPress={choose}
        />
      ) : (
        <Button
          variant="secondary"
          iconStart={<RiFileUploadLine />}
          onPress={choose}
        >
          {props.label}
        </Button>
      )}
      <VisuallyHidden>
        <input
          ref={input}
          type="file"
          accept={props.accept}
          aria-label={props.label}
          tabIndex={-1}
          onChange={event => {
            const file = event.target.files?.[0];
            if (file) {
              props.onFile(file);
            }
            // The same file, changed, may be chosen again.
            event.target.value = '';
          }}
        />
      </VisuallyHidden>
    </>
  );
}

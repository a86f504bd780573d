import { useId } from 'react';
import {
  ButtonDefinition,
  Focusable,
  Tooltip,
  TooltipTrigger,
  VisuallyHidden,
} from '@backstage/ui';

const { styles, classNames } = ButtonDefinition;

/**
 * A button for what is impossible now. It can be reached by keyboard and pointer, because a really disabled one could
 * not say why it is.
 */
export function DisabledButton(props: {
  label: string;
  reason: string;
  variant?: 'primary' | 'secondary' | 'tertiary';
}) {
  const reasonId = useId();
  return (
    <>
      <TooltipTrigger delay={200}>
        <Focusable>
          <button
            type="button"
            className={`${classNames.root} ${styles[classNames.root]}`}
            data-size="small"
            data-variant={props.variant ?? 'secondary'}
            data-disabled="true"
            aria-disabled="true"
            aria-describedby={reasonId}
          >
            <span className={styles[classNames.content]}>{props.label}</span>
          </button>
        </Focusable>
        <Tooltip>{props.reason}</Tooltip>
      </TooltipTrigger>
      <VisuallyHidden id={reasonId}>{props.reason}</VisuallyHidden>
    </>
  );
}

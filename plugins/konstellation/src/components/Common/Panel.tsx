import type { ReactNode } from 'react';
import { Box } from '@backstage/ui';
import styles from './Panel.module.css';

/** A framed part of a page. Fields and buttons in it stand out from its background. */
export function Panel(props: {
  children: ReactNode;
  /** Names it as a region. */
  label?: string;
  /** Interrupts screen readers: for what went wrong just now. */
  isAlert?: boolean;
  tone?: 'danger';
  /** At the width of a form instead of the page's. */
  narrow?: boolean;
}) {
  return (
    <Box
      as={props.label ? 'section' : 'div'}
      bg="neutral"
      className={styles.panel}
      role={props.isAlert ? 'alert' : undefined}
      aria-label={props.label}
      data-tone={props.tone}
      data-narrow={props.narrow || undefined}
    >
      {props.children}
    </Box>
  );
}

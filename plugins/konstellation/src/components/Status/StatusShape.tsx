import styles from './Status.module.css';
import type { StatusLook } from './tones';

/** The sign of a status, decorative: the word beside it says the same. */
export function StatusShape({ look }: { look: StatusLook }) {
  return (
    <svg
      className={styles.shape}
      data-tone={look.tone}
      data-shape={look.shape}
      viewBox="0 0 16 16"
      width="1em"
      height="1em"
      aria-hidden="true"
      focusable="false"
    >
      {look.shape === 'ring' && (
        <>
          <circle cx="8" cy="8" r="6.5" className={styles.line} />
          <circle cx="8" cy="8" r="3.5" className={styles.area} />
        </>
      )}
      {look.shape === 'filled' && (
        <circle cx="8" cy="8" r="5.5" className={styles.area} />
      )}
      {look.shape === 'hollow' && (
        <circle cx="8" cy="8" r="5" className={styles.line} />
      )}
      {look.shape === 'arc' && (
        <path d="M 8 2.5 A 5.5 5.5 0 1 1 2.5 8" className={styles.line} />
      )}
      {look.shape === 'half' && (
        <>
          <circle cx="8" cy="8" r="5.5" className={styles.line} />
          <path d="M 8 2.5 A 5.5 5.5 0 0 0 8 13.5 Z" className={styles.area} />
        </>
      )}
      {look.shape === 'diamond' && (
        <path d="M 8 1 L 15 8 L 8 15 L 1 8 Z" className={styles.area} />
      )}
    </svg>
  );
}

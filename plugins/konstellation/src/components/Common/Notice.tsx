import { Alert, type AlertProps } from '@backstage/ui';
import styles from './Notice.module.css';

/** An alert with a sign that leaves its text room on a narrow screen. */
export function Notice(props: Omit<AlertProps, 'icon' | 'className'>) {
  return <Alert {...props} icon className={styles.notice} />;
}

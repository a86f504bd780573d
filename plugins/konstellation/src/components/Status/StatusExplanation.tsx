import { Button, DialogTrigger, Popover, Text } from '@backstage/ui';
import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import contrast from '../Common/Contrast.module.css';
import styles from './Status.module.css';
import { VersionStatusBadge } from './VersionStatusBadge';

const ORDER: VersionStatus[] = [
  'CREATED',
  'STARTING',
  'STARTED',
  'PUBLISHED',
  'STOPPING',
  'STOPPED',
  'ERROR',
];

/** The status as a button that explains what each one means. */
export function StatusExplanation(props: {
  status: VersionStatus;
  deleting?: boolean;
}) {
  const t = useTexts();
  const shown = props.deleting ? t('status.deleting') : props.status;
  return (
    <DialogTrigger>
      <Button
        size="small"
        variant="tertiary"
        aria-label={t('status.label', { status: shown })}
      >
        <VersionStatusBadge {...props} />
      </Button>
      <Popover
        aria-label={t('status.title')}
        className={contrast.contrast}
        placement="bottom start"
      >
        <Text as="h3" variant="body-medium" weight="bold">
          {t('status.title')}
        </Text>
        <dl className={styles.explanations}>
          {ORDER.map(status => (
            <Explanation key={status} status={status} />
          ))}
        </dl>
      </Popover>
    </DialogTrigger>
  );
}

function Explanation({ status }: { status: VersionStatus }) {
  const t = useTexts();
  return (
    <>
      <dt>
        <VersionStatusBadge status={status} />
      </dt>
      <dd>{t(`status.${status}`)}</dd>
    </>
  );
}

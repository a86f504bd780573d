import { ButtonLink, Flex } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { EmptyNotice } from '../Common/EmptyNotice';

/** On the page of a version that was there a moment ago: that it is gone, and the way back. */
export function GoneNotice(props: {
  version: string;
  /** Name of its runtime. */
  runtime: string;
  /** It was seen being deleted. */
  wasDeleting: boolean;
  runtimePath: string;
}) {
  const t = useTexts();
  const { version, runtime, runtimePath } = props;
  return (
    <EmptyNotice
      title={
        props.wasDeleting
          ? t('version.deletedTitle', { version })
          : t('version.goneTitle', { version })
      }
      text={
        props.wasDeleting ? t('version.deletedText') : t('version.goneText')
      }
    >
      <Flex gap="2" justify="center">
        <ButtonLink variant="primary" href={runtimePath}>
          {t('version.backToRuntime', { runtime })}
        </ButtonLink>
        <ButtonLink
          variant="secondary"
          href={`${runtimePath}/activity?version=${encodeURIComponent(
            version,
          )}`}
        >
          {t('version.showActivity')}
        </ButtonLink>
      </Flex>
    </EmptyNotice>
  );
}

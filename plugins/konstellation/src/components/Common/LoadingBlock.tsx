import { Flex, Skeleton, VisuallyHidden } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';

const WIDTHS = ['60%', '100%', '85%', '40%'];

/** Grey lines where text will be. */
export function LoadingBlock(props: { lines?: number }) {
  const t = useTexts();
  return (
    <Flex direction="column" gap="3" aria-busy="true">
      <VisuallyHidden role="status">{t('common.loading')}</VisuallyHidden>
      {Array.from({ length: props.lines ?? 4 }, (_, index) => (
        <Skeleton
          key={index}
          width={WIDTHS[index % WIDTHS.length]}
          height={16}
        />
      ))}
    </Flex>
  );
}

import { ButtonLink } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { EmptyNotice } from './EmptyNotice';

/** Says that there is nothing at an address, and where there is something. */
export function NotFoundNotice(props: { href: string; back: string }) {
  const t = useTexts();
  return (
    <EmptyNotice title={t('notFound.title')} text={t('notFound.text')}>
      <ButtonLink variant="secondary" href={props.href}>
        {props.back}
      </ButtonLink>
    </EmptyNotice>
  );
}

import { Button } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { Notice } from '../Common/Notice';
import type { ConfigurationEntry } from './configurationDraft';
import type { ConfigurationDraft } from './useConfigurationDraft';

/** That inherited values wait for someone who answers for them, with one button for all. */
export function UnconfirmedNotice(props: {
  entries: ConfigurationEntry[];
  draft: ConfigurationDraft;
  isReadOnly: boolean;
}) {
  const { draft, isReadOnly } = props;
  const t = useTexts();
  const open = props.entries
    .filter(({ key, unconfirmed }) => unconfirmed && !(key in draft.values))
    .map(({ key }) => key);
  if (open.length === 0) {
    return null;
  }
  const isAllConfirmed = open.every(key => draft.confirmed.includes(key));
  return (
    <Notice
      status="warning"
      title={t('configuration.unconfirmedTitle', { count: open.length })}
      description={
        isReadOnly
          ? t('configuration.unconfirmedReadOnly')
          : t('configuration.unconfirmedText')
      }
      customActions={
        isReadOnly ? undefined : (
          <Button
            size="small"
            variant="secondary"
            isDisabled={isAllConfirmed}
            onPress={() => draft.confirm(open, true)}
          >
            {t('configuration.confirmAll')}
          </Button>
        )
      }
    />
  );
}

import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { Button, Text } from '@backstage/ui';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useTexts } from '../../hooks/useTexts';
import { rootRouteRef } from '../../routes';
import { CommentDialog } from '../Commands/CommentDialog';
import { Panel } from '../Common/Panel';

/** The end of a runtime, after its id was typed. */
export function DeleteRuntime({ runtime }: { runtime: Runtime }) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const navigate = useNavigate();
  const rootPath = useRouteRef(rootRouteRef);
  const [isAsking, setAsking] = useState(false);
  return (
    <Panel narrow tone="danger">
      <Text as="h3" variant="body-large" weight="bold">
        {t('settings.deleteTitle')}
      </Text>
      <Text as="p" variant="body-medium">
        {t('settings.deleteText')}
      </Text>
      <div>
        <Button variant="secondary" onPress={() => setAsking(true)}>
          {t('settings.delete')}
        </Button>
      </div>
      {isAsking && (
        <CommentDialog
          title={t('commands.deleteTitle', { version: runtime.name })}
          verb={t('settings.delete')}
          effects={[
            t('settings.deleteEffect', {
              id: runtime.id,
              count: runtime.versionCounts.total,
            }),
            ...runtime.solutions.map(({ address }) =>
              t('settings.deleteAddressEffect', { address: address.http }),
            ),
            t('settings.deleteKeepEffect'),
          ]}
          destructive
          confirmId={runtime.id}
          onClose={() => setAsking(false)}
          onSubmit={async comment => {
            await api.deleteRuntime(runtime.id, comment);
            navigate(rootPath());
          }}
        />
      )}
    </Panel>
  );
}

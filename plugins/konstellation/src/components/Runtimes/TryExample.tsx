import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { Alert, Button } from '@backstage/ui';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import { useTexts } from '../../hooks/useTexts';
import { versionRouteRef } from '../../routes';
import { describeError } from '../Common/apiErrors';

/** Offers the example package of the portal; nothing where it brings none. */
export function TryExample() {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const navigate = useNavigate();
  const versionPath = useRouteRef(versionRouteRef);
  const example = useResource('example', signal => api.getExample({ signal }));
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error>();

  if (!example.value?.available) {
    return null;
  }

  const create = async () => {
    setPending(true);
    setError(undefined);
    try {
      const { runtime, version } = await api.createExample();
      navigate(versionPath({ runtime: runtime.id, version: version.name }));
    } catch (thrown) {
      setError(toError(thrown));
      setPending(false);
    }
  };

  return (
    <>
      <Button variant="tertiary" onPress={create} isPending={pending}>
        {t('runtimes.tryExample')}
      </Button>
      {error && (
        <Alert role="alert" status="danger" icon title={describeError(error)} />
      )}
    </>
  );
}

import { useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import type { RuntimePermissions } from '../../hooks/useRuntimePermissions';
import { useTexts } from '../../hooks/useTexts';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { RpcCard } from './RpcCard';

/** The rpcs of a version, each to be tried on the spot. */
export function PredictionsTab(props: {
  runtime: Runtime;
  version: Version;
  permissions: RuntimePermissions;
}) {
  const { runtime, version } = props;
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const schema = useResource(version.uid, signal =>
    api.getSchema({ runtime: runtime.id, version: version.name }, { signal }),
  );
  if (!schema.value) {
    return schema.error ? (
      <ErrorNotice
        error={schema.error}
        what={t('predictions.what')}
        onRetry={schema.reload}
      />
    ) : (
      <LoadingBlock />
    );
  }
  const solution = runtime.solutions.find(each => each.id === version.solution);
  return (
    <>
      {schema.value.rpcs.length === 0 && (
        <Text variant="body-medium">{t('predictions.none')}</Text>
      )}
      {schema.value.rpcs.map(rpc => (
        <RpcCard
          key={rpc.rpc}
          rpc={rpc}
          version={version}
          address={solution?.address ?? runtime.address}
          mayCall={props.permissions.predict}
        />
      ))}
    </>
  );
}

import { Container, Flex, Link, Text } from '@backstage/ui';
import { useApi, useRouteRef } from '@backstage/core-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import {
  ANNOTATION_RUNTIME,
  ANNOTATION_VERSION,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useRuntime } from '../../hooks/useRuntime';
import { useLiveReload } from '../../hooks/useLiveReload';
import { useResource } from '../../hooks/useResource';
import { useTexts } from '../../hooks/useTexts';
import { runtimeRouteRef, versionRouteRef } from '../../routes';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import styles from '../Common/Contrast.module.css';
import { RuntimeFacts } from '../Runtime/RuntimeFacts';
import { VersionStatusBadge } from '../Status/VersionStatusBadge';

/** On a catalog entity: how its runtime or version is, and the way to it. */
export function EntityKonstellationContent() {
  const { entity } = useEntity();
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const runtimePath = useRouteRef(runtimeRouteRef);
  const versionPath = useRouteRef(versionRouteRef);
  const runtimeId = entity.metadata.annotations?.[ANNOTATION_RUNTIME] ?? '';
  const versionName = entity.metadata.annotations?.[ANNOTATION_VERSION];

  const runtime = useRuntime(runtimeId);
  const version = useResource(
    versionName && `${runtimeId}/${versionName}`,
    signal =>
      api.getVersion(
        { runtime: runtimeId, version: versionName ?? '' },
        { signal },
      ),
  );
  useLiveReload(version.reload, [runtime.value?.signal]);

  const error = runtime.error ?? version.error;
  return (
    <Container className={styles.contrast}>
      <Flex direction="column" gap="4">
        {error && (
          <ErrorNotice
            error={error}
            what={versionName ?? runtimeId}
            onRetry={() => {
              runtime.reload();
              version.reload();
            }}
            stale={Boolean(runtime.value)}
          />
        )}
        {!runtime.value && !error && <LoadingBlock />}
        {version.value && (
          <Flex direction="column" gap="2">
            <VersionStatusBadge
              status={version.value.status}
              deleting={version.value.deleting}
            />
            <Text variant="body-medium">{version.value.statusMessage}</Text>
            <Link
              href={versionPath({
                runtime: runtimeId,
                version: version.value.name,
              })}
            >
              {t('entity.openVersion')}
            </Link>
          </Flex>
        )}
        {runtime.value && (
          <>
            <RuntimeFacts runtime={runtime.value} />
            <Link href={runtimePath({ runtime: runtimeId })}>
              {t('entity.openRuntime')}
            </Link>
          </>
        )}
      </Flex>
    </Container>
  );
}

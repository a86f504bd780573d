import { useApi } from '@backstage/core-plugin-api';
import type {
  Version,
  VersionRef,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../api';
import { useLiveReload } from './useLiveReload';
import { useResource, type Resource } from './useResource';

/** Whether the version is on its way to another state, so that a look every other second is worth it. */
export function isChanging(version: Version | undefined): boolean {
  return (
    version !== undefined &&
    (version.status === 'STARTING' ||
      version.status === 'STOPPING' ||
      version.deleting === true ||
      version.publishWhenReady === true ||
      version.configuration.applyingRevision !== undefined ||
      version.conditions.some(
        each => each.type === 'Switching' && each.status === 'True',
      ))
  );
}

/**
 * One version, live.
 *
 * @param signal - of its runtime, once known.
 */
export function useVersion(
  ref: VersionRef,
  signal: string | undefined,
): Resource<Version> {
  const api = useApi(konstellationApiRef);
  const resource = useResource(`${ref.runtime}/${ref.version}`, abort =>
    api.getVersion(ref, { signal: abort }),
  );
  useLiveReload(resource.reload, [signal], {
    changing: isChanging(resource.value),
  });
  return resource;
}

import { useApi } from '@backstage/core-plugin-api';
import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../api';
import { useLiveReload } from './useLiveReload';
import { useResource, type Resource } from './useResource';

/** One runtime, live. */
export function useRuntime(runtime: string): Resource<Runtime> {
  const api = useApi(konstellationApiRef);
  const resource = useResource(runtime, signal =>
    api.getRuntime(runtime, { signal }),
  );
  const { value } = resource;
  useLiveReload(resource.reload, [value?.signal], {
    changing:
      value?.status === 'DELETING' ||
      value?.solutions.some(each => each.deleting),
  });
  return resource;
}

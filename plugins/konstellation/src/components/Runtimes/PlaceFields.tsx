import { Select } from '@backstage/ui';
import type { ClusterChoice } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';

/** Where a new runtime goes; undefined is left to the portal. */
export interface Place {
  cluster?: string;
  namespace?: string;
}

/** Of what was chosen, what is still offered. */
export function offeredPlace(clusters: ClusterChoice[], place: Place): Place {
  const cluster = clusters.find(({ name }) => name === place.cluster);
  const free = (cluster ?? clusters[0])?.freeNamespaces;
  return {
    cluster: cluster?.name,
    namespace: free?.find(name => name === place.namespace),
  };
}

/** Asks where a runtime goes, as far as there is a choice. */
export function PlaceFields(props: {
  clusters: ClusterChoice[];
  place: Place;
  onChange: (place: Place) => void;
}) {
  const { clusters, place } = props;
  const t = useTexts();
  const cluster =
    clusters.find(({ name }) => name === place.cluster) ?? clusters[0];
  const free = cluster?.freeNamespaces;
  return (
    <>
      {clusters.length > 1 && (
        <Select
          label={t('createRuntime.cluster')}
          description={t('createRuntime.clusterHint')}
          options={clusters.map(({ name }) => ({ value: name, label: name }))}
          value={cluster?.name}
          onChange={key => props.onChange({ cluster: String(key) })}
        />
      )}
      {free && (
        <Select
          label={t('createRuntime.namespace')}
          description={
            free.length > 0
              ? t('createRuntime.namespaceHint')
              : t('createRuntime.noneFree')
          }
          placeholder={t('createRuntime.noneFreeShort')}
          isDisabled={free.length === 0}
          options={free.map(name => ({ value: name, label: name }))}
          value={place.namespace ?? free[0] ?? null}
          onChange={key => props.onChange({ ...place, namespace: String(key) })}
        />
      )}
    </>
  );
}

import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Container } from 'kubernetes-types/core/v1';
import type { ClusterObjects } from './ClusterObjects';
import { asPod, asSecret, KINDS } from './objects';

function secretKey(
  objects: ClusterObjects,
  namespace: string | undefined,
  ref: { name?: string; key: string },
): string | undefined {
  const secret = objects.get({
    ...KINDS.secret,
    namespace,
    name: ref.name ?? '',
  });
  const value = secret && asSecret(secret).data?.[ref.key];
  return value === undefined
    ? undefined
    : Buffer.from(value, 'base64').toString();
}

function environmentOf(
  objects: ClusterObjects,
  namespace: string | undefined,
  container: Container,
): { values: Record<string, string>; missing?: string } {
  const values: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    const ref = valueFrom?.secretKeyRef;
    const found = ref ? secretKey(objects, namespace, ref) : value;
    if (ref && found === undefined) {
      return { values, missing: `couldn't find key ${ref.key} in Secret` };
    }
    values[name] = found ?? '';
  }
  return { values };
}

/** What the containers of a pod are started with, or what keeps them from being started. */
export function readEnvironment(
  objects: ClusterObjects,
  pod: KubernetesObject,
): { environment: PodEnvironment; missing?: string } {
  const { spec } = asPod(pod);
  const { namespace } = pod.metadata;
  const environment: PodEnvironment = {};
  for (const { secret } of spec?.volumes ?? []) {
    const name = secret?.secretName;
    if (name && !objects.get({ ...KINDS.secret, namespace, name })) {
      return { environment, missing: `secret "${name}" not found` };
    }
  }
  for (const container of [
    ...(spec?.initContainers ?? []),
    ...(spec?.containers ?? []),
  ]) {
    const { values, missing } = environmentOf(objects, namespace, container);
    if (missing) return { environment, missing };
    environment[container.name] = values;
  }
  return { environment };
}

/** What is in the ConfigMaps that a pod has as volumes, as far as they are there. */
export function readConfigMaps(
  objects: ClusterObjects,
  pod: KubernetesObject,
): unknown[] {
  const { namespace } = pod.metadata;
  return (asPod(pod).spec?.volumes ?? []).flatMap(({ configMap }) => {
    const name = configMap?.name;
    const found = name && objects.get({ ...KINDS.configMap, namespace, name });
    return found ? Object.values(Object(found.data)) : [];
  });
}

/** By container. */
export type PodEnvironment = Record<string, Record<string, string>>;

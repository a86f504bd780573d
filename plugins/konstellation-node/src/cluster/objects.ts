import type { KubernetesObject, ObjectRef } from './types';

/** What an object is called. @public */
export function refOf({
  apiVersion,
  kind,
  metadata: { name, namespace },
}: KubernetesObject): ObjectRef {
  return {
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Whether an object has all of these labels; any has none of them. @public */
export function matchesLabels(
  object: KubernetesObject,
  labels: Record<string, string> = {},
): boolean {
  const own = object.metadata.labels ?? {};
  return Object.entries(labels).every(([key, value]) => own[key] === value);
}

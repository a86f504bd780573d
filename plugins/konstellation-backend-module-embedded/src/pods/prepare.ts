import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Container, EnvVar, Pod, Volume } from 'kubernetes-types/core/v1';
import type { ObjectStore } from '../store/ObjectStore';

/** The container cannot be made as its spec says: a key or object is missing. */
export class ConfigError extends Error {}

function dataOf(
  store: ObjectStore,
  kind: 'Secret' | 'ConfigMap',
  namespace: string,
  name: string,
): Record<string, string> {
  const object = store.get({ apiVersion: 'v1', kind, namespace, name });
  if (!object)
    throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
  const data: unknown = object.data ?? {};
  return Object.fromEntries(
    Object.entries(Object(data)).map(([key, value]) => [
      key,
      kind === 'Secret'
        ? Buffer.from(String(value), 'base64').toString()
        : String(value),
    ]),
  );
}

function keyOf(
  data: Record<string, string>,
  key: string,
  where: string,
): string {
  const value = data[key];
  if (value === undefined) {
    throw new ConfigError(`couldn't find key ${key} in ${where}`);
  }
  return value;
}

/** Makes the volumes of a pod as folders. @returns folder by name of the volume */
export async function makeVolumes(
  store: ObjectStore,
  pod: Pod,
  namespace: string,
  directory: string,
): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? []) {
    const folder = join(directory, 'volumes', volume.name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await fillVolume(store, volume, namespace, folder);
    folders.set(volume.name, folder);
  }
  return folders;
}

/** What a volume is filled with; an emptyDir with nothing. */
function sourceOf({ secret, configMap }: Volume) {
  if (secret) {
    return {
      kind: 'Secret' as const,
      name: secret.secretName ?? '',
      items: secret.items,
      optional: secret.optional,
    };
  }
  return (
    configMap && {
      kind: 'ConfigMap' as const,
      name: configMap.name ?? '',
      items: configMap.items,
      optional: configMap.optional,
    }
  );
}

async function fillVolume(
  store: ObjectStore,
  volume: Volume,
  namespace: string,
  folder: string,
): Promise<void> {
  const source = sourceOf(volume);
  if (!source) return;
  const { kind, name } = source;
  const isThere = store.get({ apiVersion: 'v1', kind, namespace, name });
  if (source.optional && !isThere) return;
  const data = dataOf(store, source.kind, namespace, source.name);
  const items =
    source.items ?? Object.keys(data).map(key => ({ key, path: key }));
  for (const { key, path } of items) {
    const value = keyOf(
      data,
      key,
      `${source.kind} ${namespace}/${source.name}`,
    );
    await writeFile(join(folder, path), value, { mode: 0o400, flag: 'w' });
  }
}

/** A path below a mount is in the folder of its volume. */
function relocate(
  value: string,
  mounts: Array<{ mountPath: string; folder: string }>,
): string {
  const mount = mounts.find(
    ({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`),
  );
  return mount ? mount.folder + value.slice(mount.mountPath.length) : value;
}

function fieldOf(pod: KubernetesObject, path: string): string {
  const label = /^metadata\.labels\['(.+)'\]$/.exec(path)?.[1];
  if (label) return pod.metadata.labels?.[label] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'status.podIP':
    case 'status.hostIP':
      return '127.0.0.1';
    default:
      throw new ConfigError(`the field ${path} is not known here`);
  }
}

function valueOf(
  store: ObjectStore,
  pod: KubernetesObject,
  variable: EnvVar,
): string | undefined {
  const namespace = pod.metadata.namespace ?? '';
  const { secretKeyRef, configMapKeyRef, fieldRef } = variable.valueFrom ?? {};
  for (const [kind, reference] of [
    ['Secret', secretKeyRef],
    ['ConfigMap', configMapKeyRef],
  ] as const) {
    if (!reference) continue;
    const name = reference.name ?? '';
    try {
      const data = dataOf(store, kind, namespace, name);
      return keyOf(data, reference.key, `${kind} ${namespace}/${name}`);
    } catch (error) {
      if (reference.optional) return undefined;
      throw error;
    }
  }
  return fieldRef ? fieldOf(pod, fieldRef.fieldPath) : variable.value ?? '';
}

/** What a container is started with. */
export interface Prepared {
  env: Record<string, string>;
  args: string[];
  command?: string[];
}

/**
 * Environment and arguments of a container: those of its spec, and what stands for the things a machine without privileges
 * cannot do (see the container contract). Nothing of the portal's own environment but where programs are found.
 * @throws ConfigError
 */
export function prepareContainer(options: {
  store: ObjectStore;
  pod: KubernetesObject;
  container: Container;
  folders: Map<string, string>;
  ports: Map<string, number>;
  directory: string;
  serviceMap: string;
  terminationLog: string;
}): Prepared {
  const { store, pod, container, folders, ports, directory } = options;
  const mounts = (container.volumeMounts ?? []).map(mount => ({
    mountPath: mount.mountPath,
    folder: folders.get(mount.name) ?? directory,
  }));
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    LANG: 'C.UTF-8',
    TMPDIR: directory,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  for (const variable of container.env ?? []) {
    const value = valueOf(store, pod, variable);
    if (value !== undefined) env[variable.name] = relocate(value, mounts);
  }
  for (const [name, port] of ports) {
    env[`KRT_PORT_${name.toUpperCase().replace(/-/g, '_')}`] = String(port);
  }
  env.KRT_HOST = '127.0.0.1';
  env.KRT_SERVICE_MAP = options.serviceMap;
  env.KRT_TERMINATION_LOG = options.terminationLog;
  return {
    env,
    command: container.command?.map(part => relocate(part, mounts)),
    args: (container.args ?? []).map(part => relocate(part, mounts)),
  };
}

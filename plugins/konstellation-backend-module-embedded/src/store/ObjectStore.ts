import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  matchesLabels,
  refOf,
  type KubernetesObject,
  type ListOptions,
  type ObjectKind,
  type ObjectRef,
  type WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment } from 'kubernetes-types/apps/v1';

const CLUSTER_SCOPED = new Set(['Namespace']);
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
/** Kinds whose names are DNS labels. */
const LABEL_NAMED = new Set(['Namespace', 'Service']);

export type StoreListener = (event: Required<WatchEvent>) => void;

function keyOf(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}

/** What the applier says of an object, without what the cluster adds. */
function desiredPart(object: KubernetesObject) {
  const { metadata, status, ...rest } = object;
  return {
    rest,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owners: metadata.ownerReferences ?? [],
  };
}

const replicasOf = (object: KubernetesObject | undefined) => {
  const { spec }: Deployment = (object ?? {}) as Deployment;
  return spec?.replicas;
};

/**
 * What the API server makes of what is applied: `stringData` of a Secret becomes `data`, and a Deployment that does not say how many
 * pods there are to be keeps what something else has set, or has one.
 */
function normalise(
  object: KubernetesObject,
  current: KubernetesObject | undefined,
): KubernetesObject {
  if (object.kind === 'Deployment') {
    const replicas = replicasOf(object) ?? replicasOf(current) ?? 1;
    return { ...object, spec: { ...Object(object.spec), replicas } };
  }
  if (object.kind !== 'Secret' || !object.stringData) return object;
  const { stringData, ...rest } = object;
  const data = Object.fromEntries(
    Object.entries(stringData).map(([key, value]) => [
      key,
      Buffer.from(String(value)).toString('base64'),
    ]),
  );
  return { ...rest, data: { ...Object(object.data), ...data } };
}

/** Objects in memory, with what the API server and the garbage collector of Kubernetes do to them. */
export class ObjectStore {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #listeners = new Set<StoreListener>();
  #version = 0;

  onEvent(listener: StoreListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get(ref: ObjectRef): KubernetesObject | undefined {
    return this.#objects.get(keyOf(ref));
  }

  list(kind: ObjectKind, options: ListOptions = {}): KubernetesObject[] {
    return [...this.#objects.values()].filter(
      object =>
        object.kind === kind.kind &&
        (options.namespace === undefined ||
          object.metadata.namespace === options.namespace) &&
        matchesLabels(object, options.labels),
    );
  }

  /** @throws InputError, NotFoundError or ConflictError as the API server would refuse it */
  apply(given: KubernetesObject, dryRun = false): KubernetesObject {
    const current = this.get(refOf(given));
    const object = normalise(given, current);
    this.#check(object);
    if (!current) {
      const created: KubernetesObject = {
        ...object,
        metadata: {
          ...object.metadata,
          uid: randomUUID(),
          generation: 1,
          creationTimestamp: new Date().toISOString(),
          resourceVersion: this.#nextVersion(),
        },
      };
      if (!dryRun) this.#put('ADDED', created);
      return created;
    }
    if (isDeepStrictEqual(desiredPart(current), desiredPart({ ...object }))) {
      return current;
    }
    if (
      current.immutable === true &&
      !isDeepStrictEqual(current.data, object.data)
    ) {
      throw new InputError(
        `${object.kind} "${object.metadata.name}" is immutable`,
      );
    }
    const specChanged = !isDeepStrictEqual(current.spec, object.spec);
    const updated: KubernetesObject = {
      ...object,
      ...(current.status === undefined ? {} : { status: current.status }),
      metadata: {
        ...current.metadata,
        labels: object.metadata.labels,
        annotations: object.metadata.annotations,
        ownerReferences: object.metadata.ownerReferences,
        generation: (current.metadata.generation ?? 1) + (specChanged ? 1 : 0),
        resourceVersion: this.#nextVersion(),
      },
    };
    if (!dryRun) this.#put('MODIFIED', updated);
    return updated;
  }

  /** Sets the status of an object, if it is still there. */
  setStatus(ref: ObjectRef, status: unknown): void {
    const current = this.get(ref);
    if (!current || isDeepStrictEqual(current.status, status)) return;
    this.#put('MODIFIED', {
      ...current,
      status,
      metadata: { ...current.metadata, resourceVersion: this.#nextVersion() },
    });
  }

  /** Sets how many pods a Deployment is to have, if it is still there. */
  scale(ref: ObjectRef, replicas: number): void {
    const current = this.get(ref);
    if (!current || current.metadata.deletionTimestamp) return;
    this.apply({ ...current, spec: { ...Object(current.spec), replicas } });
  }

  /** Foreground deletion: the object goes after everything it owns. */
  delete(ref: ObjectRef): void {
    const current = this.get(ref);
    if (!current) return;
    if (!current.metadata.deletionTimestamp) {
      this.#put('MODIFIED', {
        ...current,
        metadata: {
          ...current.metadata,
          deletionTimestamp: new Date().toISOString(),
          resourceVersion: this.#nextVersion(),
        },
      });
      for (const dependent of this.#dependents(current)) {
        this.delete(refOf(dependent));
      }
    }
    // A pod goes when its processes have.
    if (current.kind !== 'Pod') this.#removeIfFree(ref);
  }

  /** Takes an object away at once; pods are removed like this once their processes have ended. */
  remove(ref: ObjectRef): void {
    const current = this.get(ref);
    if (!current) return;
    this.#objects.delete(keyOf(ref));
    this.#emit('DELETED', current);
    for (const owner of this.#owners(current)) {
      if (owner.metadata.deletionTimestamp) this.#removeIfFree(refOf(owner));
    }
  }

  #removeIfFree(ref: ObjectRef): void {
    const current = this.get(ref);
    if (current && this.#dependents(current).length === 0) this.remove(ref);
  }

  #dependents(owner: KubernetesObject): KubernetesObject[] {
    return [...this.#objects.values()].filter(object =>
      owner.kind === 'Namespace'
        ? object.metadata.namespace === owner.metadata.name
        : object.metadata.ownerReferences?.some(
            ({ uid }) => uid === owner.metadata.uid,
          ),
    );
  }

  #owners(object: KubernetesObject): KubernetesObject[] {
    return [...this.#objects.values()].filter(
      owner =>
        (owner.kind === 'Namespace' &&
          owner.metadata.name === object.metadata.namespace) ||
        object.metadata.ownerReferences?.some(
          ({ uid }) => uid === owner.metadata.uid,
        ),
    );
  }

  #check(object: KubernetesObject): void {
    const { name, namespace } = object.metadata;
    const most = LABEL_NAMED.has(object.kind) ? 63 : 253;
    if (!NAME.test(name) || name.length > most) {
      throw new InputError(`${object.kind} "${name}" has an invalid name`);
    }
    if (CLUSTER_SCOPED.has(object.kind)) return;
    const owner =
      namespace === undefined
        ? undefined
        : this.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    if (!owner) throw new NotFoundError(`namespaces "${namespace}" not found`);
    const isNew = this.get(refOf(object)) === undefined;
    if (owner.metadata.deletionTimestamp && isNew) {
      throw new ConflictError(
        `the namespace "${namespace}" is being terminated`,
      );
    }
  }

  #nextVersion(): string {
    this.#version++;
    return String(this.#version);
  }

  #put(type: 'ADDED' | 'MODIFIED', object: KubernetesObject): void {
    this.#objects.set(keyOf(refOf(object)), object);
    this.#emit(type, object);
  }

  #emit(type: WatchEvent['type'], object: KubernetesObject): void {
    for (const listener of [...this.#listeners]) listener({ type, object });
  }
}

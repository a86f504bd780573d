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
import {
  asDeployment,
  asSecret,
  copy,
  isDeleting,
  keyOf,
  KINDS,
} from './objects';
import type { Turns } from './Turns';

const CLUSTER_SCOPED = new Set(['Namespace']);
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
/** Kinds whose names are DNS labels. */
const LABEL_NAMED = new Set(['Namespace', 'Service']);

export type ObjectListener = (event: Required<WatchEvent>) => void;

/** What the applier says of an object, without what the cluster adds. */
function desiredPart({ metadata, status, ...rest }: KubernetesObject) {
  return {
    rest,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owners: metadata.ownerReferences ?? [],
  };
}

/** `stringData` of a Secret becomes `data`; a Deployment whose number of pods is not said keeps it, or begins with one. */
function normalise(
  object: KubernetesObject,
  current: KubernetesObject | undefined,
): KubernetesObject {
  if (object.kind === 'Deployment') {
    const before = current && asDeployment(current).spec?.replicas;
    const replicas = asDeployment(object).spec?.replicas ?? before ?? 1;
    return { ...object, spec: { ...Object(object.spec), replicas } };
  }
  if (object.kind !== 'Secret' || !object.stringData) return object;
  const { stringData, ...rest } = object;
  const data = Object.fromEntries(
    Object.entries(Object(stringData)).map(([key, value]) => [
      key,
      Buffer.from(String(value)).toString('base64'),
    ]),
  );
  return { ...rest, data: { ...asSecret(object).data, ...data } };
}

/** Objects as the API server keeps them, and the garbage collector of Kubernetes, which takes one step a turn. */
export class ClusterObjects {
  #objects = new Map<string, KubernetesObject>();
  #version = 0;
  #collecting = false;
  readonly #listeners: ObjectListener[] = [];

  constructor(private readonly turns: Turns) {}

  /** Told of every change, in order, before the call that made it returns. */
  onChange(listener: ObjectListener): void {
    this.#listeners.push(listener);
  }

  get(ref: Omit<ObjectRef, 'apiVersion'>): KubernetesObject | undefined {
    return this.#objects.get(keyOf(ref));
  }

  list(kind: ObjectKind, options: ListOptions = {}): KubernetesObject[] {
    return this.all().filter(
      object =>
        object.kind === kind.kind &&
        (options.namespace === undefined ||
          object.metadata.namespace === options.namespace) &&
        matchesLabels(object, options.labels),
    );
  }

  all(): KubernetesObject[] {
    return [...this.#objects.values()];
  }

  /** @throws InputError, NotFoundError or ConflictError as the API server would refuse it */
  apply(given: KubernetesObject, dryRun = false): KubernetesObject {
    const current = this.get(refOf(given));
    const object = normalise(copy(given), current);
    this.#check(object, current === undefined);
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
    if (isDeepStrictEqual(desiredPart(current), desiredPart(object))) {
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
    const next = copy(status);
    if (!current || isDeepStrictEqual(current.status, next)) return;
    this.#put('MODIFIED', {
      ...current,
      status: next,
      metadata: { ...current.metadata, resourceVersion: this.#nextVersion() },
    });
  }

  /** Sets the number of pods of a Deployment, as an autoscaler does. */
  scale(name: { namespace?: string; name: string }, replicas: number): void {
    const current = this.get({ ...KINDS.deployment, ...name });
    if (!current || isDeleting(current)) return;
    this.apply({
      ...current,
      spec: { ...Object(current.spec), replicas },
    });
  }

  /** Foreground deletion: the object is marked, and goes after everything it owns. */
  delete(ref: ObjectRef): void {
    const current = this.get(ref);
    if (!current || isDeleting(current)) return;
    this.#put('MODIFIED', {
      ...current,
      metadata: {
        ...current.metadata,
        deletionTimestamp: new Date().toISOString(),
        resourceVersion: this.#nextVersion(),
      },
    });
  }

  /** Whatever kept an object by its finalizers lets it go. */
  release(ref: ObjectRef): void {
    const current = this.get(ref);
    if (!current) return;
    const { finalizers: _, ...metadata } = current.metadata;
    this.#put('MODIFIED', {
      ...current,
      metadata: { ...metadata, resourceVersion: this.#nextVersion() },
    });
  }

  /** Takes an object away at once; pods go like this once their processes have ended. */
  remove(ref: ObjectRef): void {
    const current = this.get(ref);
    if (!current) return;
    this.#objects.delete(keyOf(ref));
    this.#emit('DELETED', current);
  }

  /** Everything that is there, to begin with again later. */
  snapshot(): { version: number; objects: KubernetesObject[] } {
    return { version: this.#version, objects: copy(this.all()) };
  }

  restore(snapshot: { version: number; objects: KubernetesObject[] }): void {
    this.#version = snapshot.version;
    this.#collecting = false;
    this.#objects = new Map(
      copy(snapshot.objects).map(object => [keyOf(refOf(object)), object]),
    );
  }

  #collectSoon(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    this.turns.after(1, () => {
      this.#collecting = false;
      this.#collect();
    });
  }

  /** One step of the garbage collector: the next layer of what goes is marked, or gone. */
  #collect(): void {
    const all = this.all();
    const byUid = new Map(all.map(object => [object.metadata.uid, object]));
    const ownersOf = (object: KubernetesObject) => {
      const references = object.metadata.ownerReferences ?? [];
      return references.flatMap(({ uid }) => byUid.get(uid) ?? []);
    };
    const holding = new Set<string | undefined>();
    for (const object of all) {
      for (const owner of ownersOf(object)) holding.add(owner.metadata.uid);
      if (object.metadata.namespace) holding.add(object.metadata.namespace);
    }
    for (const object of all) {
      const references = object.metadata.ownerReferences ?? [];
      const owners = ownersOf(object);
      const place = this.get({
        ...KINDS.namespace,
        name: object.metadata.namespace ?? '',
      });
      if (!isDeleting(object)) {
        const isOrphan = references.length > 0 && owners.length === 0;
        if (isOrphan || [...owners, ...(place ? [place] : [])].some(isDeleting))
          this.delete(refOf(object));
      } else if (
        // A pod goes when its processes have ended.
        object.kind !== 'Pod' &&
        !object.metadata.finalizers?.length &&
        !holding.has(object.metadata.uid) &&
        !(object.kind === 'Namespace' && holding.has(object.metadata.name))
      ) {
        this.remove(refOf(object));
      }
    }
  }

  #check(object: KubernetesObject, isNew: boolean): void {
    const { name, namespace } = object.metadata;
    const most = LABEL_NAMED.has(object.kind) ? 63 : 253;
    if (!NAME.test(name) || name.length > most) {
      throw new InputError(`${object.kind} "${name}" has an invalid name`);
    }
    if (CLUSTER_SCOPED.has(object.kind)) return;
    const place = this.get({ ...KINDS.namespace, name: namespace ?? '' });
    if (!place) throw new NotFoundError(`namespaces "${namespace}" not found`);
    if (isDeleting(place) && isNew) {
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
    const { ownerReferences } = object.metadata;
    if (type === 'DELETED' || isDeleting(object) || ownerReferences) {
      this.#collectSoon();
    }
    for (const listener of this.#listeners) listener({ type, object });
  }
}

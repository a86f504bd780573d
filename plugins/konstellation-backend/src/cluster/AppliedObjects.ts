import { createHash } from 'node:crypto';
import {
  refOf,
  type KubernetesObject,
  type ObjectRef,
  type WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';

/** Objects that are remembered; of the ones applied longest ago it is forgotten that they were. */
const MAX_REMEMBERED = 100_000;
/** What nobody watches is applied again by the time everything is looked at again. */
const UNWATCHED_MILLIS = 4 * 60_000;
/** A change that no watch told of is undone by then. */
const WATCHED_MILLIS = 30 * 60_000;

interface Applied {
  /** SHA-256 of what was applied. */
  digest: string;
  at: number;
  isWatched: boolean;
  /** What the cluster answered, as far as whoever applies needs it. */
  stored: KubernetesObject;
}

const keyOf = ({ apiVersion, kind, namespace = '', name }: ObjectRef) =>
  [apiVersion, kind, namespace, name].join(' ');

function digestOf(object: KubernetesObject): string {
  return createHash('sha256').update(JSON.stringify(object)).digest('base64');
}

/**
 * What was applied and has stayed as it was, so that applying it again is no call. Each look of the reconciler renders and applies all
 * there is to be; in a quiet cluster nothing of it is sent. It forgets an object when a watch tells of another generation or version of
 * it than the one that was stored, and all of a kind when events were missed.
 */
export class AppliedObjects {
  readonly #applied = new Map<string, Applied>();
  readonly #watched = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** What the cluster has of an object that is just like this; undefined where it has to be applied. */
  find(object: KubernetesObject): KubernetesObject | undefined {
    const key = keyOf(refOf(object));
    const known = this.#applied.get(key);
    if (!known || known.digest !== digestOf(object)) return undefined;
    const bound = known.isWatched ? WATCHED_MILLIS : UNWATCHED_MILLIS;
    if (this.now() - known.at <= bound) return known.stored;
    this.#applied.delete(key);
    return undefined;
  }

  remember(object: KubernetesObject, stored: KubernetesObject): void {
    const key = keyOf(refOf(object));
    this.#applied.delete(key);
    const { apiVersion, kind, metadata } = stored;
    const { uid, resourceVersion, generation, namespace, name } = metadata;
    this.#applied.set(key, {
      digest: digestOf(object),
      at: this.now(),
      isWatched: this.#watched.has(`${apiVersion} ${kind}`),
      stored: {
        apiVersion,
        kind,
        metadata: { name, namespace, uid, resourceVersion, generation },
      },
    });
    if (this.#applied.size > MAX_REMEMBERED) {
      const [oldest] = this.#applied.keys();
      if (oldest !== undefined) this.#applied.delete(oldest);
    }
  }

  /** It is deleted, with what is in it or owned by it. */
  forget(ref: ObjectRef): void {
    this.#applied.delete(keyOf(ref));
    if (ref.kind === 'Namespace') this.#forgetNamespace(ref.name);
  }

  /** A kind is followed from now on, and until it is told otherwise. */
  watching({ apiVersion, kind }: { apiVersion: string; kind: string }) {
    const name = `${apiVersion} ${kind}`;
    this.#watched.set(name, (this.#watched.get(name) ?? 0) + 1);
    return {
      /** Changes may have been missed. */
      missed: () => this.#forgetKind(name),
      close: () => {
        const left = (this.#watched.get(name) ?? 1) - 1;
        if (left > 0) this.#watched.set(name, left);
        else this.#watched.delete(name);
        this.#forgetKind(name);
      },
    };
  }

  onEvent({ type, object }: WatchEvent): void {
    if (!object || type === 'RELISTED') return;
    const ref = refOf(object);
    if (type === 'DELETED') {
      this.forget(ref);
      return;
    }
    const known = this.#applied.get(keyOf(ref));
    if (!known) return;
    const { uid, generation, resourceVersion } = known.stored.metadata;
    const now = object.metadata;
    // Where there is a generation it counts what is wanted; a status alone changes the version.
    const isSame =
      now.uid === uid &&
      now.deletionTimestamp === undefined &&
      (generation === undefined
        ? now.resourceVersion === resourceVersion
        : now.generation === generation);
    if (!isSame) this.#applied.delete(keyOf(ref));
  }

  #forgetKind(name: string): void {
    for (const key of this.#applied.keys()) {
      if (key.startsWith(`${name} `)) this.#applied.delete(key);
    }
  }

  #forgetNamespace(namespace: string): void {
    for (const [key, { stored }] of this.#applied) {
      if (stored.metadata.namespace === namespace) this.#applied.delete(key);
    }
  }
}

import { createHash } from 'node:crypto';
import {
  refOf,
  type Drift,
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
/** What is not made again by then was to go. */
const GONE_MILLIS = 5 * 60_000;
/** Annotations of the controllers of Kubernetes itself. */
const CONTROLLERS = /^deployment\.kubernetes\.io\//;

interface Applied {
  /** SHA-256 of what was applied. */
  digest: string;
  at: number;
  isWatched: boolean;
  /** What the cluster answered, as far as whoever applies needs it. */
  stored: KubernetesObject;
  /** SHA-256 of what it answered, without what changes by itself. */
  shape: string;
  /** Its version changes by itself. */
  hasStatus: boolean;
  /** It has to be applied again. */
  stale?: Stale;
  /** What it is being applied again for: the watch may tell of that before the cluster has answered. */
  mending?: Stale;
  /** The last that a watch told of it. */
  told?: { uid?: string; version?: string; shape: string };
}

interface Stale {
  /** Its shape as a watch told; not there where changes were missed. */
  seen?: string;
}

/**
 * Whether a version of an object is later than another.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions - to be compared as whole numbers
 */
function isLater(version = '', than = ''): boolean {
  if (!/^\d+$/.test(version) || !/^\d+$/.test(than)) return false;
  return BigInt(version) > BigInt(than);
}

const keyOf = ({ apiVersion, kind, namespace = '', name }: ObjectRef) =>
  [apiVersion, kind, namespace, name].join(' ');

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}

/** Whatever people may change of an object. */
function shapeOf({ metadata, status, ...rest }: KubernetesObject): string {
  const { labels, annotations = {}, ownerReferences } = metadata;
  const own = Object.entries(annotations).filter(
    ([name]) => !CONTROLLERS.test(name),
  );
  return digestOf([rest, labels, own, ownerReferences]);
}

/**
 * What was applied and has stayed as it was, so that applying it again is no call. Each look of the reconciler renders and applies all
 * there is to be; in a quiet cluster nothing of it is sent. An object has to be applied again when a watch tells that it is not as it
 * was stored, and all of a kind when events were missed. What the cluster answers then tells whether somebody had changed what is ours.
 */
export class AppliedObjects {
  readonly #applied = new Map<string, Applied>();
  /** Deleted by others; whether that was drift shows when it is made again. */
  readonly #gone = new Map<
    string,
    { digest: string; at: number; version?: string }
  >();
  readonly #watched = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** What the cluster has of an object that is just like this; undefined where it has to be applied. */
  find(object: KubernetesObject): KubernetesObject | undefined {
    const known = this.#applied.get(keyOf(refOf(object)));
    if (known) known.mending = known.stale;
    if (!known || known.stale || known.digest !== digestOf(object)) {
      return undefined;
    }
    const bound = known.isWatched ? WATCHED_MILLIS : UNWATCHED_MILLIS;
    return this.now() - known.at <= bound ? known.stored : undefined;
  }

  /** @returns what it made up for, where the same had been applied before and somebody had changed it */
  remember(
    object: KubernetesObject,
    stored: KubernetesObject,
  ): Drift['was'] | undefined {
    const key = keyOf(refOf(object));
    const before = this.#applied.get(key);
    const { apiVersion, kind, metadata } = stored;
    const { uid, resourceVersion, generation, namespace, name } = metadata;
    const applied: Applied = {
      digest: digestOf(object),
      at: this.now(),
      isWatched: this.#watched.has(`${apiVersion} ${kind}`),
      shape: shapeOf(stored),
      hasStatus: stored.status !== undefined,
      stored: {
        apiVersion,
        kind,
        metadata: { name, namespace, uid, resourceVersion, generation },
      },
    };
    const gone = this.#gone.get(key);
    // The watch may be ahead of the answer: what somebody did after this was applied must not be forgotten by it.
    if (isLater(gone?.version, resourceVersion)) return undefined;
    const told = before?.told;
    if (
      told &&
      told.uid === uid &&
      told.shape !== applied.shape &&
      isLater(told.version, resourceVersion)
    ) {
      applied.stale = { seen: told.shape };
    }
    const isMadeAgain = gone?.digest === applied.digest;
    this.#gone.delete(key);
    this.#applied.delete(key);
    this.#applied.set(key, applied);
    if (this.#applied.size > MAX_REMEMBERED) {
      const [oldest] = this.#applied.keys();
      if (oldest !== undefined) this.#applied.delete(oldest);
    }
    return isMadeAgain ? 'deleted' : driftOf(before, applied);
  }

  /** It is to go, with what is in it or owned by it. */
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
      missed: () => this.#doubt(name),
      close: () => {
        const left = (this.#watched.get(name) ?? 1) - 1;
        if (left > 0) this.#watched.set(name, left);
        else this.#watched.delete(name);
        this.#doubt(name);
      },
    };
  }

  onEvent({ type, object }: WatchEvent): void {
    if (!object || type === 'RELISTED') return;
    const key = keyOf(refOf(object));
    const known = this.#applied.get(key);
    if (!known) return;
    if (type === 'DELETED') {
      this.#applied.delete(key);
      this.#keepGone(key, known.digest, object.metadata.resourceVersion);
      return;
    }
    const { uid, resourceVersion } = known.stored.metadata;
    const { metadata } = object;
    const version = metadata.resourceVersion;
    // It tells what is known, or is late.
    if (
      metadata.uid === uid &&
      (version === resourceVersion || isLater(resourceVersion, version))
    ) {
      return;
    }
    const seen = shapeOf(object);
    known.told = { uid: metadata.uid, version, shape: seen };
    const isSame =
      metadata.uid === uid &&
      metadata.deletionTimestamp === undefined &&
      seen === known.shape;
    known.stale = isSame ? undefined : { seen };
  }

  #keepGone(key: string, digest: string, version?: string): void {
    const at = this.now();
    for (const [old, gone] of this.#gone) {
      if (at - gone.at <= GONE_MILLIS) break;
      this.#gone.delete(old);
    }
    this.#gone.set(key, { digest, at, version });
  }

  #doubt(name: string): void {
    for (const [key, known] of this.#applied) {
      if (key.startsWith(`${name} `)) known.stale ??= {};
    }
  }

  #forgetNamespace(namespace: string): void {
    for (const [key, { stored }] of this.#applied) {
      if (stored.metadata.namespace === namespace) this.#applied.delete(key);
    }
  }
}

/**
 * Whether applying the same again mended something. A watch told of another shape than the answer has, or, where none did, the object
 * is as before and has been written since: its generation counts that, and without one its version, where no status changes it.
 */
function driftOf(
  before: Applied | undefined,
  after: Applied,
): Drift['was'] | undefined {
  if (before?.digest !== after.digest) return undefined;
  const [was, is] = [before.stored.metadata, after.stored.metadata];
  if (was.uid !== is.uid) return 'deleted';
  const { seen } = before.mending ?? before.stale ?? {};
  if (seen !== undefined) return seen === after.shape ? undefined : 'changed';
  const isWritten =
    is.generation === undefined
      ? !before.isWatched &&
        !after.hasStatus &&
        was.resourceVersion !== is.resourceVersion
      : was.generation !== is.generation;
  return isWritten && before.shape === after.shape ? 'changed' : undefined;
}

import { createHash } from 'node:crypto';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { ObjectStore } from './ObjectStore';

/** Events kept of one namespace. */
const MAX_EVENTS = 500;

/** Writes Events as the components of a cluster do: the same thing again counts. */
export class EventRecorder {
  constructor(private readonly store: ObjectStore) {}

  record(
    object: KubernetesObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    const { name, namespace, uid } = object.metadata;
    if (!namespace) return;
    const kind = { apiVersion: 'v1', kind: 'Event' };
    const hash = createHash('sha256')
      .update([uid, reason, message].join('\0'))
      .digest('hex')
      .slice(0, 16);
    const ref = { ...kind, namespace, name: `${name}.${hash}` };
    const now = new Date().toISOString();
    const before = this.store.get(ref);
    const count = typeof before?.count === 'number' ? before.count : 0;
    try {
      this.store.apply({
        ...kind,
        metadata: { name: ref.name, namespace },
        involvedObject: { kind: object.kind, name, namespace, uid },
        type,
        reason,
        message,
        count: count + 1,
        firstTimestamp: before?.firstTimestamp ?? now,
        lastTimestamp: now,
      });
    } catch {
      // The namespace is going: nobody is left to be told.
    }
    const all = this.store.list(kind, { namespace });
    for (const old of all.slice(0, Math.max(0, all.length - MAX_EVENTS))) {
      this.store.remove({ ...kind, namespace, name: old.metadata.name });
    }
  }
}

import {
  refOf,
  type ObjectRef,
} from '@konstellation/backstage-plugin-konstellation-node';
import { LABELS } from '../../manifests/naming';
import type { ClusterObjects } from './ClusterObjects';
import { hasPort, keyOf, KINDS } from './objects';
import type { Pods } from './Pods';

/** What Kubernetes makes by itself beside what is applied. */
const DERIVED = new Set(['EndpointSlice', 'Event', 'Pod']);

/** What is there, for tests to look at. */
export class ClusterContents {
  constructor(
    private readonly objects: ClusterObjects,
    private readonly pods: Pods,
  ) {}

  /** Everything that was applied and is there, terminating included, in the order of its keys. */
  refs(): ObjectRef[] {
    return this.objects
      .all()
      .filter(({ kind }) => !DERIVED.has(kind))
      .map(refOf)
      .sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  }

  /** What was said of everything that was applied, without uids; of Secrets the keys alone. */
  applied(): Array<{ key: string; desired: unknown }> {
    return this.refs().flatMap(ref => {
      const object = this.objects.get(ref);
      if (!object) return [];
      const { metadata, status, data, ...rest } = object;
      const { labels, annotations, deletionTimestamp } = metadata;
      const isSecret = object.kind === 'Secret';
      return {
        key: keyOf(ref),
        desired: {
          ...rest,
          data: isSecret ? Object.keys(Object(data)).sort() : data,
          labels,
          annotations,
          owners: metadata.ownerReferences?.map(({ name }) => name),
          isDeleting: deletionTimestamp !== undefined,
        },
      };
    });
  }

  /** What is there and should not be, and what should be and is not; pods count where nobody owns them. */
  orphans(expected: Array<Omit<ObjectRef, 'apiVersion'>>): {
    unexpected: string[];
    missing: string[];
  } {
    const all = this.objects.all();
    const uids = new Set(all.map(({ metadata }) => metadata.uid));
    const there = [
      ...this.refs().map(keyOf),
      ...all
        .filter(
          ({ kind, metadata }) =>
            kind === 'Pod' &&
            !metadata.ownerReferences?.some(({ uid }) => uids.has(uid)),
        )
        .map(pod => keyOf(refOf(pod))),
    ];
    const wanted = expected.map(keyOf);
    return {
      unexpected: there.filter(key => !wanted.includes(key)),
      missing: wanted.filter(key => !there.includes(key)).sort(),
    };
  }

  /** Releases that have an anchor. */
  releases(): string[] {
    return this.objects
      .list({ apiVersion: 'v1', kind: 'ConfigMap' })
      .flatMap(({ metadata }) => metadata.labels?.[LABELS.release] ?? [])
      .sort();
  }

  /** State of the gate of each entrypoint that runs, by release. */
  gates(): Record<string, string[]> {
    const gates: Record<string, string[]> = {};
    for (const pod of this.objects.list(KINDS.pod)) {
      const release = pod.metadata.labels?.[LABELS.release];
      const state = this.pods.stateOf(pod);
      if (!release || !state || !hasPort(pod, 'public')) continue;
      (gates[release] ??= []).push(state.gate);
    }
    return gates;
  }
}

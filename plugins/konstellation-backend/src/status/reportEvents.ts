import type { EventReport } from '@konstellation/backstage-plugin-konstellation-common';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Event } from 'kubernetes-types/core/v1';

/** Events shown of a version. */
const MAX_EVENTS = 50;
const MAX_MESSAGE = 1_000;

function reportEvent(
  event: Partial<Event>,
  nodeOf: ReadonlyMap<string, string>,
): EventReport {
  const name = event.involvedObject?.name ?? '';
  const node = nodeOf.get(name);
  return {
    // Those of the scheduler have a time of their own.
    at: String(
      event.lastTimestamp ?? event.firstTimestamp ?? event.eventTime ?? '',
    ),
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    message: (event.message ?? '').slice(0, MAX_MESSAGE),
    ...(node ? { node } : {}),
    ...(event.involvedObject?.kind === 'Pod' ? { pod: name } : {}),
    count: event.count ?? 1,
  };
}

/**
 * What the cluster tells of some objects, the newest first.
 *
 * @param nodeOf - nodes by names of these objects
 */
export function reportEvents(
  events: KubernetesObject[],
  nodeOf: ReadonlyMap<string, string>,
): EventReport[] {
  return (
    events
      // Kubernetes' own, which the cluster port gives as they are.
      .map(object => object as Partial<Event>)
      .filter(event => nodeOf.has(event.involvedObject?.name ?? ''))
      .map(event => reportEvent(event, nodeOf))
      .sort((a, b) => b.at.localeCompare(a.at))
      .slice(0, MAX_EVENTS)
  );
}

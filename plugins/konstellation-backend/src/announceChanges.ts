import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import { signalChannel } from '@konstellation/backstage-plugin-konstellation-common';
import {
  KONSTELLATION_CATALOG_TOPIC,
  type KonstellationCatalogEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Database } from './database/Database';

/** Changes of a runtime that come together are one signal. */
const COALESCE_MILLIS = 50;

/** Tells browsers and the catalog that something of a runtime changed; they read what by themselves. */
export function announceChanges(
  database: Database,
  options: { signals: SignalsService; events: EventsService },
): void {
  const pending = new Map<string, { signal: string; revision: number }>();
  database.onChange(({ runtime, signal, revision }) => {
    const waiting = pending.has(runtime);
    pending.set(runtime, { signal, revision });
    if (waiting) return;
    setTimeout(() => {
      const latest = pending.get(runtime);
      pending.delete(runtime);
      if (!latest) return;
      void options.signals
        .publish({
          recipients: { type: 'broadcast' },
          channel: signalChannel(latest.signal),
          message: { revision: latest.revision },
        })
        .catch(() => undefined);
      const eventPayload: KonstellationCatalogEvent = { runtime };
      void options.events
        .publish({ topic: KONSTELLATION_CATALOG_TOPIC, eventPayload })
        .catch(() => undefined);
    }, COALESCE_MILLIS).unref();
  });
}

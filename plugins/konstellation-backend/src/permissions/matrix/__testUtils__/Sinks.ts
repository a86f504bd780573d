import {
  coreServices,
  createServiceFactory,
  type AuditorService,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';

/** One event of the audit with its outcome. */
export interface AuditRecord {
  eventId: string;
  method: string;
  path: string;
  meta: unknown;
  outcome: 'open' | 'succeeded' | 'failed';
  error?: string;
}

function textOf(value: unknown): string {
  if (!(value instanceof Error)) return JSON.stringify(value) ?? '';
  const { name, message, stack = '', cause, ...rest } = value;
  return [name, message, stack, textOf(cause), JSON.stringify(rest)].join('\n');
}

/** Everything a portal says beside its answers: log, audit, events and signals. */
export class Sinks {
  readonly log: string[] = [];
  readonly audit: AuditRecord[] = [];
  readonly events: unknown[] = [];
  readonly signals: unknown[] = [];

  /** Services that say it here. */
  features() {
    return [
      createServiceFactory({
        service: coreServices.rootLogger,
        deps: {},
        factory: () => this.#logger({}),
      }),
      createServiceFactory({
        service: coreServices.auditor,
        deps: {},
        factory: () => this.#auditor(),
      }),
      createServiceFactory({
        service: eventsServiceRef,
        deps: {},
        factory: () => ({
          publish: async params => void this.events.push(params),
          subscribe: async () => undefined,
        }),
      }),
      createServiceFactory({
        service: signalsServiceRef,
        deps: {},
        factory: () => ({
          publish: async signal => void this.signals.push(signal),
        }),
      }),
    ];
  }

  #logger(context: object): LoggerService {
    const write = (level: string) => (message: string, meta?: unknown) =>
      void this.log.push(
        [level, message, JSON.stringify(context), textOf(meta)].join(' '),
      );
    return {
      error: write('error'),
      warn: write('warn'),
      info: write('info'),
      debug: write('debug'),
      child: meta => this.#logger({ ...context, ...meta }),
    };
  }

  #auditor(): AuditorService {
    return {
      createEvent: async ({ eventId, request, meta }) => {
        const record: AuditRecord = {
          eventId,
          method: request?.method ?? '',
          path: request?.originalUrl ?? '',
          meta,
          outcome: 'open',
        };
        this.audit.push(record);
        return {
          success: async (options = {}) => {
            Object.assign(record, { outcome: 'succeeded', more: options.meta });
          },
          fail: async ({ error, meta: more }) => {
            Object.assign(record, {
              outcome: 'failed',
              error: textOf(error),
              more,
            });
          },
        };
      },
    };
  }
}

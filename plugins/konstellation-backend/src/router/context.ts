import type {
  AuditorService,
  BackstageCredentials,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { Request, Response } from 'express';
import type { IdempotencyStore } from '../database/IdempotencyStore';
import type { Caller, KonstellationServices } from '../services/types';

/** What every resource of the API is made with. */
export interface RouterContext {
  services: KonstellationServices;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
  idempotency: IdempotencyStore;
}

function subjectOf({ principal }: BackstageCredentials): string {
  if (typeof principal === 'object' && principal !== null) {
    if ('userEntityRef' in principal) return String(principal.userEntityRef);
    if ('subject' in principal) return `service:${principal.subject}`;
  }
  return 'unknown';
}

/** Who calls; signed-in users and services only. Attempts that are refused are audited. @throws AuthenticationError */
export async function callerOf(
  { httpAuth, auditor }: Pick<RouterContext, 'httpAuth' | 'auditor'>,
  request: Request,
): Promise<Caller> {
  const credentials = await httpAuth.credentials(request, {
    allow: ['user', 'service'],
  });
  return {
    credentials,
    actor: subjectOf(credentials),
    async denied({ permission, runtime }) {
      const event = await auditor.createEvent({
        eventId: 'permission-denied',
        request,
        severityLevel: 'medium',
        meta: { permission, ...(runtime ? { runtime } : {}) },
      });
      await event.fail({
        error: new NotAllowedError(`${permission} is not allowed`),
      });
    },
  };
}

/** Ends work for a caller that has gone. */
export function abortWhenGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => controller.abort());
  return controller.signal;
}

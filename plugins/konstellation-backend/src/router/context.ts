import type {
  AuditorService,
  BackstageCredentials,
  HttpAuthService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { Request, Response } from 'express';
import type { IdempotencyStore } from '../database/IdempotencyStore';
import type { Caller, KonstellationService } from '../services/types';

/** What every resource of the API is made with. */
export interface RouterContext {
  service: KonstellationService;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
  userInfo: UserInfoService;
  idempotency: IdempotencyStore;
}

function subjectOf({ principal }: BackstageCredentials): string {
  if (typeof principal === 'object' && principal !== null) {
    if ('userEntityRef' in principal) return String(principal.userEntityRef);
    if ('subject' in principal) return `service:${principal.subject}`;
  }
  return 'unknown';
}

/** Who calls; signed-in users and services only. @throws AuthenticationError */
export async function callerOf(
  { httpAuth }: Pick<RouterContext, 'httpAuth'>,
  request: Request,
): Promise<Caller> {
  const credentials = await httpAuth.credentials(request, {
    allow: ['user', 'service'],
  });
  return { credentials, actor: subjectOf(credentials) };
}

/** Ends work for a caller that has gone. */
export function abortWhenGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => controller.abort());
  return controller.signal;
}

import { Settings } from '../settings';
import { answerJson, Request, Response } from './exchange';

/** Puts the release on every answer, so that callers and the reconciler can tell who answered. */
export function markRelease(
  { release, version }: Settings,
  response: Response,
): void {
  response.setHeader('x-konstellation-release', release);
  response.setHeader('x-konstellation-version', version);
}

/** What both ports tell about the release. Returns false where the path is for somebody else. */
export function answerDescription(
  { runtime, solution, version, release }: Settings,
  openApi: unknown,
  path: string,
  request: Request,
  response: Response,
): boolean {
  if (request.method !== 'GET') {
    return false;
  }
  switch (path) {
    case '/.well-known/konstellation':
      answerJson(response, 200, { runtime, solution, version, release });
      return true;
    case '/openapi.json':
      answerJson(response, 200, openApi);
      return true;
    default:
      return false;
  }
}

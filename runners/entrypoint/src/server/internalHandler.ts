import { createHash, timingSafeEqual } from 'node:crypto';
import { Settings } from '../settings';
import { answerDescription, markRelease } from './describeRelease';
import {
  answerError,
  answerJson,
  Handler,
  headerOf,
  pathOf,
  readBody,
  Request,
  Response,
} from './exchange';
import { Gate, gateStates, isGateState } from './Gate';

/** What the internal port needs to know of the entrypoint. */
export interface Condition {
  /** Nodes that were never ready. */
  waitingFor(): string[];
  isStopping(): boolean;
}

const maxGateBody = 1024;
/** Not `authorization`, which API servers keep to themselves when the portal calls through them. */
const TOKEN_HEADER = 'x-konstellation-token';

/** The internal port: health, the gate, and the same rpcs for the portal, gate or no gate. */
export function createInternalHandler(
  settings: Settings,
  gate: Gate,
  condition: Condition,
  openApi: unknown,
  rpc: Handler,
): Handler {
  const isAuthorized = createAuthorization(settings.internalToken);
  return (request, response) => {
    markRelease(settings, response);
    const path = pathOf(request);
    if (path === '/healthz') {
      answerHealth(condition, response);
    } else if (answerDescription(settings, openApi, path, request, response)) {
      return;
    } else if (!isAuthorized(headerOf(request, TOKEN_HEADER))) {
      answerError(
        request,
        response,
        'unauthenticated',
        'the internal port needs the token of the release',
      );
    } else if (path === '/gate') {
      answerGate(gate, request, response).catch(() => response.destroy());
    } else {
      rpc(request, response);
    }
  };
}

function createAuthorization(
  token: string,
): (header: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return header =>
    header !== undefined && timingSafeEqual(digest(header), expected);
}

function answerHealth(condition: Condition, response: Response): void {
  const waitingFor = condition.waitingFor();
  if (condition.isStopping()) {
    answerJson(response, 503, { status: 'stopping' });
  } else if (waitingFor.length > 0) {
    answerJson(response, 503, { status: 'starting', waitingFor });
  } else {
    answerJson(response, 200, { status: 'ok' });
  }
}

async function answerGate(
  gate: Gate,
  request: Request,
  response: Response,
): Promise<void> {
  if (request.method === 'PUT') {
    const state = await readState(request);
    if (!isGateState(state)) {
      answerJson(response, 400, {
        code: 'invalid_argument',
        message: `expected {"state": ${gateStates
          .map(name => `"${name}"`)
          .join(' | ')}}`,
      });
      return;
    }
    gate.set(state);
  } else if (request.method !== 'GET') {
    answerJson(response, 405, { code: 'unimplemented', message: 'GET or PUT' });
    return;
  }
  answerJson(response, 200, { state: gate.state, inFlight: gate.inFlight });
}

async function readState(request: Request): Promise<unknown> {
  try {
    return JSON.parse(await readBody(request, maxGateBody)).state;
  } catch {
    return undefined;
  }
}

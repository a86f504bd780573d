import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { CallScope, runInCall } from './CallScope';
import { describe, ExitRequest, messageOf, typeOf } from './errors';
import type { HandlerModule } from './handlerModule';
import { parseJson, toJson } from './json';
import { writeLog } from './logs';
import type { NodeContext } from './NodeContext';

export interface Answer {
  status: number;
  body: string;
}

/** Characters of an exception's message that callers get. */
const MAX_MESSAGE = 4_096;

export function errorAnswer(
  status: number,
  type: string,
  message: string,
): Answer {
  return { status, body: toJson({ error: { type, message } }) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TypeError for what is no JSON object */
function resultToJson(result: unknown): string {
  const json: string | undefined = isObject(result)
    ? toJson(result)
    : undefined;
  // What has a JSON form of its own, such as a Date or a Buffer, may be no object in JSON.
  if (!json?.startsWith('{')) {
    const kind = isObject(result) ? result.constructor.name : typeOf(result);
    throw new TypeError(
      `the handler must return an object, it returned ${
        Array.isArray(result) ? 'array' : kind
      }`,
    );
  }
  return json;
}

function text(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}

function deadlineOf(headers: IncomingHttpHeaders): number | undefined {
  const stated = text(headers['x-konstellation-deadline']);
  return /^\d{1,16}$/.test(stated) ? Number(stated) : undefined;
}

/** Runs the handler: body in, status and body out. Knows nothing of sockets. */
export class Calls {
  inFlight = 0;
  /** Ends the process once its call is answered. */
  exitRequest: ExitRequest | undefined;

  constructor(
    private readonly module: HandlerModule,
    private readonly context: NodeContext,
    private readonly maxCalls: number,
  ) {}

  /** @param onScope - told the scope of the call, to abort it */
  async run(
    body: Buffer,
    headers: IncomingHttpHeaders,
    onScope: (scope: CallScope) => void,
  ): Promise<Answer> {
    if (this.inFlight >= this.maxCalls) {
      return errorAnswer(
        503,
        'Overloaded',
        `more than ${this.maxCalls} calls at once`,
      );
    }
    if (!isUtf8(body)) {
      return errorAnswer(400, 'BadRequest', 'the body is not UTF-8');
    }
    let request: unknown;
    try {
      request = parseJson(body.toString('utf8'));
    } catch (error) {
      return errorAnswer(400, 'BadRequest', `the body is not JSON: ${error}`);
    }
    if (!isObject(request)) {
      return errorAnswer(400, 'BadRequest', 'the body is not a JSON object');
    }
    const scope = new CallScope(
      text(headers['x-request-id']),
      deadlineOf(headers),
    );
    onScope(scope);
    this.inFlight++;
    try {
      return await runInCall(scope, () => this.#call(request));
    } finally {
      this.inFlight--;
      scope.end();
      this.exitRequest ??= scope.exitRequest;
    }
  }

  async #call(request: unknown): Promise<Answer> {
    try {
      const result = await this.module.handler(this.context, request);
      return { status: 200, body: resultToJson(result) };
    } catch (error) {
      if (!(error instanceof ExitRequest)) {
        const reason = `the handler failed: ${describe(error)}`;
        writeLog('error', 'krt-runner', reason);
      }
      const message = messageOf(error).slice(0, MAX_MESSAGE);
      return errorAnswer(500, typeOf(error), message);
    }
  }
}

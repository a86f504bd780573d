import type { IncomingHttpHeaders } from 'node:http';
import { CallScope, runInCall } from './CallScope';
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

/** What a handler gave to process.exit; it ends the process once its call is answered. */
export class ExitRequest extends Error {
  constructor(readonly code: number) {
    super(`the module ended the process with code ${code}`);
    this.name = 'ExitRequest';
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
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
  exitRequest: ExitRequest | undefined;

  constructor(
    private readonly module: HandlerModule,
    private readonly context: NodeContext,
    private readonly maxCalls: number,
  ) {}

  /** @param onScope - told the scope of the call, to abort it */
  async run(
    body: string,
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
    let request: unknown;
    try {
      request = parseJson(body);
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
    }
  }

  async #call(request: unknown): Promise<Answer> {
    try {
      const result = await this.module.handler(this.context, request);
      if (!isObject(result)) {
        throw new TypeError(
          `the handler must return an object, it returned ${kindOf(result)}`,
        );
      }
      return { status: 200, body: toJson(result) };
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): Answer {
    const isError = error instanceof Error;
    if (error instanceof ExitRequest) {
      this.exitRequest ??= error;
    } else {
      writeLog(
        'error',
        'krt-runner',
        `the handler failed: ${isError ? error.stack : String(error)}`,
      );
    }
    const message = isError ? error.message : String(error);
    return errorAnswer(
      500,
      isError ? error.name : kindOf(error),
      message.slice(0, MAX_MESSAGE),
    );
  }
}

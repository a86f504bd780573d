import { randomUUID } from 'node:crypto';
import { InputError } from '@backstage/errors';
import type { Request, RequestHandler, Response } from 'express';
import { runOnce } from '../database/idempotency';
import { hashOf } from '../database/IdempotencyStore';
import type { Caller } from '../services/types';
import { callerOf, type RouterContext } from './context';

const MAX_KEY = 255;

type Answer = { status: number; body?: unknown };

/** A write of the API. */
export interface Write {
  /** Carries it out. */
  work: (request: Request, caller: Caller) => Promise<Answer>;
  /**
   * Answers a request that took effect although its first answer was lost; without it the work is done again, which then must
   * change nothing.
   * @param subject - name of what the request made, where it is not in the request
   */
  again?: (
    request: Request,
    caller: Caller,
    subject: string,
  ) => Promise<Answer>;
  /** False where the answer must not be stored: it is made anew by `again`. */
  stores?: boolean;
}

/**
 * A write: audited with its outcome, and with an `Idempotency-Key` carried out once a day. The same body gets the first
 * answer again, another body is a conflict.
 */
export function write(
  context: RouterContext,
  eventId: string,
  { work, again, stores = true }: Write,
): RequestHandler {
  return async (request, response) => {
    // What is refused is part of the one event of the write.
    const { denied: _, ...caller } = await callerOf(context, request);
    const event = await context.auditor.createEvent({
      eventId,
      request,
      severityLevel: 'medium',
      meta: { ...request.params },
    });
    try {
      const answer = await once(context, request, caller, {
        work: () => work(request, caller),
        again: subject =>
          again ? again(request, caller, subject) : work(request, caller),
        stores,
      });
      await event.success();
      send(response, answer);
    } catch (error) {
      await event.fail({
        error: error instanceof Error ? error : new Error(String(error)),
      });
      throw error;
    }
  };
}

function send(response: Response, answer: Answer): void {
  if (answer.body === undefined) response.status(answer.status).end();
  else response.status(answer.status).json(answer.body);
}

/** What a key is bound to: the same request again has the same. */
function bodyOf(request: Request): string {
  // The body of an upload is a stream: its length stands for it, its digest is checked by what it makes.
  const body = Buffer.isBuffer(request.body) ? {} : request.body ?? {};
  const length = request.header('content-length') ?? '';
  return JSON.stringify([body, length, request.query]);
}

async function once(
  { idempotency }: RouterContext,
  request: Request,
  caller: Caller,
  steps: {
    work: () => Promise<Answer>;
    again: (subject: string) => Promise<Answer>;
    stores: boolean;
  },
): Promise<Answer> {
  const header = request.header('idempotency-key');
  if (header === undefined) return steps.work();
  if (header.length === 0 || header.length > MAX_KEY) {
    throw new InputError(
      `Idempotency-Key must have 1 to ${MAX_KEY} characters`,
    );
  }
  const key = hashOf(caller.actor, request.method, request.path, header);
  const owner = randomUUID();
  const first = await idempotency.begin(key, bodyOf(request), owner);
  if (first.is === 'answered') {
    return { status: first.status, body: first.answer ?? undefined };
  }
  const done = idempotency.keep(key, owner);
  try {
    const answer =
      first.is === 'new'
        ? await runOnce({ key, owner }, steps.work)
        : await steps.again(first.subject ?? '');
    await idempotency.finish(
      key,
      owner,
      steps.stores ? { status: answer.status, answer: answer.body } : undefined,
    );
    return answer;
  } catch (error) {
    await idempotency.forget(key, owner);
    throw error;
  } finally {
    done();
  }
}

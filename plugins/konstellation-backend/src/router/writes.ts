import { InputError } from '@backstage/errors';
import type { Request, RequestHandler, Response } from 'express';
import { hashOf } from '../database/IdempotencyStore';
import type { Caller } from '../services/types';
import { callerOf, type RouterContext } from './context';

const MAX_KEY = 255;

type Answer = { status: number; body?: unknown };

/**
 * A write: audited with its outcome, and with an `Idempotency-Key` carried out once a day. The same body gets the first
 * answer again, another body is a conflict.
 */
export function write(
  context: RouterContext,
  eventId: string,
  work: (request: Request, caller: Caller) => Promise<Answer>,
): RequestHandler {
  return async (request, response) => {
    const caller = await callerOf(context, request);
    const event = await context.auditor.createEvent({
      eventId,
      request,
      severityLevel: 'medium',
      meta: { ...request.params },
    });
    try {
      const answer = await once(context, request, caller, () =>
        work(request, caller),
      );
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

async function once(
  { idempotency }: RouterContext,
  request: Request,
  caller: Caller,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const header = request.header('idempotency-key');
  if (header === undefined) return work();
  if (header.length === 0 || header.length > MAX_KEY) {
    throw new InputError(
      `Idempotency-Key must have 1 to ${MAX_KEY} characters`,
    );
  }
  const key = hashOf(caller.actor, request.method, request.path, header);
  // The body of an upload is a stream: its length stands for it, its digest is checked by what it makes.
  const body = Buffer.isBuffer(request.body)
    ? ''
    : JSON.stringify(request.body ?? {});
  const bodyHash = hashOf(
    body,
    request.header('content-length') ?? '',
    JSON.stringify(request.query),
  );
  const first = await idempotency.begin(key, bodyHash);
  if (first) return { status: first.status, body: first.answer };
  try {
    const answer = await work();
    await idempotency.finish(key, {
      status: answer.status,
      answer: answer.body,
    });
    return answer;
  } catch (error) {
    await idempotency.forget(key);
    throw error;
  }
}

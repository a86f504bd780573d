import { randomBytes, randomUUID } from 'node:crypto';

/** A W3C trace context. */
export interface Trace {
  /** 32 hex digits. */
  traceId: string;
  /** `01` sampled, `00` not. */
  flags: string;
}

const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const requestId = /^[\x21-\x7e]{1,128}$/;

/** The trace of the caller, or a new one. */
export function traceOf(header: string | null): Trace {
  const match = header ? traceparent.exec(header) : null;
  return match && !/^0+$/.test(match[1])
    ? { traceId: match[1], flags: match[3] }
    : { traceId: randomBytes(16).toString('hex'), flags: '01' };
}

/** A header for one call onwards, with a span id of its own. */
export function traceparentOf(trace: Trace): string {
  return `00-${trace.traceId}-${randomBytes(8).toString('hex')}-${trace.flags}`;
}

/** The request id of the caller where it is a sane header value, or a new one. */
export function requestIdOf(header: string | null): string {
  return header && requestId.test(header) ? header : randomUUID();
}

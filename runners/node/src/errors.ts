import { inspect } from 'node:util';

/** The node cannot start; the message is one line for users. */
export class StartError extends Error {}

/** What a module gave to process.exit. */
export class ExitRequest extends Error {
  constructor(readonly code: number) {
    super(`the module ended the process with code ${code}`);
    this.name = 'ExitRequest';
  }
}

/** The name of an error's class, which subclasses of Error seldom give as `name`; the type of what is no error. */
export function typeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) {
    return thrown === null ? 'null' : typeof thrown;
  }
  return thrown.name === 'Error'
    ? thrown.constructor.name || 'Error'
    : thrown.name;
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** With stack, causes and other fields: for the log only. */
export function describe(thrown: unknown): string {
  return thrown instanceof Error ? inspect(thrown) : String(thrown);
}

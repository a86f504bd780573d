import { CommanderError } from 'commander';

/** How the process ends. */
export const EXIT = {
  ok: 0,
  /** The package or the request is wrong. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The portal could not be reached. */
  unreachable: 3,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something a user can mend. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** How to mend it. */
  readonly hint?: string;
  /** More of it, for programs. */
  readonly details?: Record<string, unknown>;

  constructor(
    message: string,
    options: {
      exitCode?: ExitCode;
      hint?: string;
      details?: Record<string, unknown>;
      name?: string;
    } = {},
  ) {
    super(message);
    this.name = options.name ?? 'CliError';
    this.exitCode = options.exitCode ?? EXIT.refused;
    this.hint = options.hint;
    this.details = options.details;
  }
}

export function usage(message: string, hint?: string): CliError {
  return new CliError(message, {
    exitCode: EXIT.usage,
    hint,
    name: 'UsageError',
  });
}

/** Codes of connections that fail. */
const UNREACHABLE = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
];
/** Answers of what stands before a portal that is not there. */
const GATEWAY = [502, 503, 504];

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : '';
}

function statusOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'statusCode' in error
    ? Number(error.statusCode)
    : 0;
}

function isUnreachable(error: Error): boolean {
  return (
    UNREACHABLE.includes(codeOf(error)) ||
    UNREACHABLE.includes(codeOf(error.cause)) ||
    error.name === 'TimeoutError' ||
    error.message === 'fetch failed' ||
    error.message === 'the portal could not be reached' ||
    GATEWAY.includes(statusOf(error))
  );
}

/** What users are told of an error, and how the process ends. */
export function explain(thrown: unknown): {
  name: string;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
  exitCode: ExitCode;
} {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof CliError) {
    const { name, message, hint, details, exitCode } = error;
    return { name, message, hint, details, exitCode };
  }
  if (error instanceof CommanderError) {
    return {
      name: 'UsageError',
      message: error.message.replace(/^error: /, ''),
      exitCode: EXIT.usage,
    };
  }
  if (isUnreachable(error)) {
    const why = codeOf(error.cause) || codeOf(error) || statusOf(error) || '';
    return {
      name: 'UnreachableError',
      message: `the portal could not be reached${why ? ` (${why})` : ''}`,
      hint: 'check the address (--portal, KRT_PORTAL, or `krt login URL`), and that the portal runs',
      exitCode: EXIT.unreachable,
    };
  }
  if (error.name === 'ResponseError' && error.cause instanceof Error) {
    // What the portal says, instead of its status.
    return explain(error.cause);
  }
  if (error.name === 'AuthenticationError') {
    return {
      name: error.name,
      message: 'the portal does not know you',
      hint: 'log in with `krt login`, or set KRT_TOKEN',
      exitCode: EXIT.refused,
    };
  }
  if (codeOf(error) === 'ENOENT' && 'path' in error) {
    return {
      name: 'NotFoundError',
      message: `there is no file "${String(error.path)}"`,
      exitCode: EXIT.refused,
    };
  }
  return { name: error.name, message: error.message, exitCode: EXIT.refused };
}

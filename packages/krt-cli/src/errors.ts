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
  /** A preview: the command would change something. */
  wouldChange: 4,
  /** A preview: the portal would refuse the command. */
  wouldBeRefused: 5,
  /** The terminal was closed; signals as shells count them, 128 and the number. */
  hungUp: 129,
  /** Ctrl-C. */
  interrupted: 130,
  terminated: 143,
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

/**
 * What commander says of an option it does not know, without what follows its `=`: `--TOKEN=…` is meant as a value of the
 * configuration.
 */
export function withoutValue(message: string): string {
  return message.replace(/'(-[^'=]*)=[^]*'/, "'$1=…'");
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
  return error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string'
    ? error.code
    : '';
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function gatewayStatusOf(error: Error): number | undefined {
  const status = 'statusCode' in error ? Number(error.statusCode) : 0;
  // An error of the portal itself has a name.
  const isOfProxy =
    error.cause instanceof Error && error.cause.name === 'Error';
  return isOfProxy && GATEWAY.includes(status) ? status : undefined;
}

function isUnreachable(error: Error): boolean {
  return (
    UNREACHABLE.includes(codeOf(error)) ||
    UNREACHABLE.includes(codeOf(error.cause)) ||
    error.name === 'TimeoutError' ||
    error.message === 'the portal could not be reached' ||
    gatewayStatusOf(error) !== undefined
  );
}

/**
 * The portal, or all that is there of it, does not answer.
 * @param reason - the error of the connection, or the status of a proxy
 * @param portal - its address, where it is known
 */
export function unreachable(reason: unknown, portal?: string): CliError {
  const why =
    typeof reason === 'number'
      ? `status ${reason}`
      : codeOf(causeOf(reason)) ||
        codeOf(reason) ||
        (causeOf(reason) instanceof Error && String(causeOf(reason)));
  return new CliError(
    `the portal${portal ? ` at ${portal}` : ''} could not be reached${
      why ? ` (${why})` : ''
    }`,
    {
      name: 'UnreachableError',
      hint: 'check the address (--portal, KRT_PORTAL, or `krt login URL`), and that the portal runs',
      exitCode: EXIT.unreachable,
    },
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
    const isHelp = error.code === 'commander.help';
    return {
      name: 'UsageError',
      message: isHelp
        ? 'say which command'
        : withoutValue(error.message).replace(/^error: /, ''),
      exitCode: EXIT.usage,
    };
  }
  if (isUnreachable(error)) {
    return explain(unreachable(gatewayStatusOf(error) ?? error));
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

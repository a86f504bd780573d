/** Lines of the log, shown with their level. Fields are added to the line. @public */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** What was predicted, and what was true where that is known. @public */
export interface Prediction {
  predictedValue?: unknown;
  trueValue?: unknown;
  extra?: Record<string, unknown>;
  /** Now by default. */
  date?: Date | string;
  /** `missing_values`, `new_labels` or a word of your own. */
  error?: string;
}

/** @public */
export interface Predictions {
  save(prediction?: Prediction): Promise<void>;
}

/** One point of a measurement. @public */
export interface Measurement {
  measurement: string;
  fields: Record<string, unknown>;
  tags?: Record<string, string>;
  /** Now by default; nanoseconds need a bigint to be exact. */
  time?: Date | number | bigint | string;
  /** Of a `time` that is a number; `ns` by default. */
  precision?: 's' | 'ms' | 'us' | 'ns';
}

/** @public */
export interface Measurements {
  save(measurement: Measurement): Promise<void>;
}

/** Documents of this process; the newest can be found again. @public */
export interface Documents {
  save(collection: string, document: Record<string, unknown>): Promise<void>;
  /** The documents whose fields equal those of the query, oldest first. */
  find(
    collection: string,
    query?: Record<string, unknown>,
  ): Promise<Array<Record<string, unknown>>>;
}

/**
 * What a handler is given; one per process.
 *
 * @typeParam State - what `init` sets, by key
 * @public
 */
export interface Context<State extends object = Record<string, unknown>> {
  logger: Logger;
  /** Keeps a value in the process, for all calls. */
  set<Key extends keyof State>(key: Key, value: State[Key]): void;
  get<Key extends keyof State>(key: Key): State[Key];
  get<Key extends keyof State>(key: Key, byDefault: State[Key]): State[Key];
  /** Absolute path of a file of the package. Throws for one outside of it. */
  path(relative?: string): string;
  /** Of the current call; empty in `init`. */
  readonly requestId: string;
  /** When the current call has to be answered, in milliseconds since 1970. */
  readonly deadline: number | undefined;
  /** Aborted at the deadline of the current call, or when its caller is gone. */
  readonly signal: AbortSignal;
  prediction: Predictions;
  measurement: Measurements;
  db: Documents;
}

/** Runs once before the first call. @public */
export type Init<State extends object = Record<string, unknown>> = (
  ctx: Context<State>,
) => void | Promise<void>;

/** Answers a call: a JSON object in, a JSON object out. @public */
export type Handler<
  Request extends object = Record<string, unknown>,
  Response extends object = Record<string, unknown>,
  State extends object = Record<string, unknown>,
> = (ctx: Context<State>, data: Request) => Response | Promise<Response>;

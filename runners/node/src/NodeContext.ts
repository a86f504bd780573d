import { currentCall } from './CallScope';
import { createLogger } from './logs';
import { pathInPackage } from './packagePath';
import {
  RecordedDocuments,
  RecordedMeasurements,
  RecordedPredictions,
  RecordWriter,
} from './records';
import type { Context } from './types';

const NEVER = new AbortController().signal;

/** The one context of the process: what `init` sets, every call can get. */
export class NodeContext implements Context {
  readonly logger;
  readonly prediction;
  readonly measurement;
  readonly db;
  readonly #values = new Map<string, unknown>();

  constructor(node: string, private readonly packageDir: string) {
    this.logger = createLogger(node);
    const writer = new RecordWriter(node, this.logger);
    this.prediction = new RecordedPredictions(writer);
    this.measurement = new RecordedMeasurements(writer);
    this.db = new RecordedDocuments(writer);
  }

  set(key: string, value: unknown): void {
    this.#values.set(key, value);
  }

  get(key: string, byDefault?: unknown): unknown {
    return this.#values.has(key) ? this.#values.get(key) : byDefault;
  }

  path(relative = ''): string {
    const path = pathInPackage(this.packageDir, relative);
    if (path === undefined) {
      throw new RangeError(
        `the path '${relative}' lies outside of the package`,
      );
    }
    return path;
  }

  get requestId(): string {
    return currentCall()?.requestId ?? '';
  }

  get deadline(): number | undefined {
    return currentCall()?.deadline;
  }

  get signal(): AbortSignal {
    return currentCall()?.signal ?? NEVER;
  }
}

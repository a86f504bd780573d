import { currentCall } from './CallScope';
import { toJson } from './json';
import type {
  Documents,
  Logger,
  Measurement,
  Measurements,
  Prediction,
  Predictions,
} from './types';

const MAX_RECORD_BYTES = 64 * 1024;
const MAX_DOCUMENTS = 1_000;
const MAX_DOCUMENTS_LENGTH = 8 * 1024 * 1024;

/** Writes what handlers save as lines on stdout; one that cannot be written is dropped with a warning, never an error of the call. */
export class RecordWriter {
  constructor(private readonly node: string, private readonly logger: Logger) {}

  /** @returns whether it was written */
  write(record: string, content: Record<string, unknown>): boolean {
    const requestId = currentCall()?.requestId;
    let line: string;
    try {
      line = toJson({
        record,
        time: new Date().toISOString(),
        node: this.node,
        ...(requestId ? { requestId } : {}),
        ...content,
      });
    } catch (error) {
      this.logger.warn(`a ${record} was not saved: ${error}`);
      return false;
    }
    if (Buffer.byteLength(line) > MAX_RECORD_BYTES) {
      this.logger.warn(
        `a ${record} was not saved: it has more than ${MAX_RECORD_BYTES} bytes`,
      );
      return false;
    }
    process.stdout.write(`${line}\n`);
    return true;
  }
}

function dateText(date: Date | string | undefined): string {
  const when = date ?? new Date();
  return typeof when === 'string' ? when : when.toISOString();
}

export class RecordedPredictions implements Predictions {
  readonly ERR_MISSING_VALUES = 'missing_values';
  readonly ERR_NEW_LABELS = 'new_labels';

  constructor(private readonly writer: RecordWriter) {}

  async save(prediction: Prediction): Promise<void> {
    const { predictedValue = '', trueValue = '', extra = {} } = prediction;
    this.writer.write('prediction', {
      predictedValue,
      trueValue,
      extra,
      date: dateText(prediction.date),
      error: prediction.error ?? '',
    });
  }
}

export class RecordedMeasurements implements Measurements {
  constructor(private readonly writer: RecordWriter) {}

  async save(point: Measurement): Promise<void> {
    const { measurement, fields, tags = {}, time, precision = 'ns' } = point;
    this.writer.write('measurement', {
      measurement,
      fields,
      tags,
      precision,
      ...(time === undefined
        ? {}
        : { at: typeof time === 'number' ? time : dateText(time) }),
    });
  }
}

/** Documents are written out, and the newest of this process can be found again. */
export class RecordedDocuments implements Documents {
  readonly #kept: Array<{ collection: string; text: string }> = [];
  #length = 0;

  constructor(private readonly writer: RecordWriter) {}

  async save(
    collection: string,
    document: Record<string, unknown>,
  ): Promise<void> {
    if (!this.writer.write('document', { collection, document })) return;
    // Kept as text: what the handler changes afterwards must not change what was saved.
    const text = toJson(document);
    this.#kept.push({ collection, text });
    this.#length += text.length;
    while (
      this.#kept.length > MAX_DOCUMENTS ||
      this.#length > MAX_DOCUMENTS_LENGTH
    ) {
      this.#length -= this.#kept.shift()?.text.length ?? 0;
    }
  }

  async find(
    collection: string,
    query: Record<string, unknown> = {},
  ): Promise<Array<Record<string, unknown>>> {
    const wanted = Object.entries(query).map(
      ([key, value]) => [key, toJson(value)] as const,
    );
    return this.#kept.flatMap(kept => {
      if (kept.collection !== collection) return [];
      const document: Record<string, unknown> = JSON.parse(kept.text);
      return wanted.every(([key, value]) => toJson(document[key]) === value)
        ? [document]
        : [];
    });
  }
}

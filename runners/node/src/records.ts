import { isDeepStrictEqual } from 'node:util';
import { currentCall } from './CallScope';
import { messageOf } from './errors';
import { parseJson, toJson } from './json';
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

  /**
   * @param content - makes the fields; what it throws is a warning too
   * @returns whether it was written
   */
  write(record: string, content: () => Record<string, unknown>): boolean {
    const requestId = currentCall()?.requestId;
    let line: string;
    try {
      line = toJson({
        record,
        time: new Date().toISOString(),
        node: this.node,
        ...(requestId ? { requestId } : {}),
        ...content(),
      });
    } catch (error) {
      this.logger.warn(`a ${record} was not saved: ${messageOf(error)}`);
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

/** Numbers count in the precision of the point, since 1970. */
function momentOf(time: Date | number | bigint | string) {
  return time instanceof Date ? dateText(time) : time;
}

export class RecordedPredictions implements Predictions {
  readonly ERR_MISSING_VALUES = 'missing_values';
  readonly ERR_NEW_LABELS = 'new_labels';

  constructor(private readonly writer: RecordWriter) {}

  async save(prediction: Prediction = {}): Promise<void> {
    this.writer.write('prediction', () => ({
      predictedValue: prediction.predictedValue ?? '',
      trueValue: prediction.trueValue ?? '',
      extra: prediction.extra ?? {},
      date: dateText(prediction.date),
      error: prediction.error ?? '',
    }));
  }
}

export class RecordedMeasurements implements Measurements {
  constructor(private readonly writer: RecordWriter) {}

  async save(point: Measurement): Promise<void> {
    this.writer.write('measurement', () => {
      const { measurement, fields, tags = {}, time, precision = 'ns' } = point;
      return {
        measurement,
        fields,
        tags,
        precision,
        ...(time === undefined ? {} : { at: momentOf(time) }),
      };
    });
  }
}

function fieldsOf(json: string): Record<string, unknown> {
  return { ...Object(parseJson(json)) };
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
    const saved = this.writer.write('document', () => ({
      collection,
      document,
    }));
    if (!saved) return;
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
    // Compared in the form in which documents come back.
    const wanted = Object.entries(fieldsOf(toJson(query)));
    return this.#kept.flatMap(kept => {
      if (kept.collection !== collection) return [];
      const document = fieldsOf(kept.text);
      const matches = wanted.every(
        ([key, value]) =>
          key in document && isDeepStrictEqual(document[key], value),
      );
      return matches ? [document] : [];
    });
  }
}

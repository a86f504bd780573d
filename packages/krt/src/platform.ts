import { sha256 } from '@noble/hashes/sha2';

/** An incremental SHA-256. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** Lower-case hex. */
  hex(): string;
}

/**
 * What differs between browsers and Node. Both sides of gunzip refuse several members, data after the end and truncation.
 * @public
 */
export interface KrtPlatform {
  sha256(): Sha256;
  gunzip(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Reads a web stream as an iteration, which not every browser offers by itself. */
export async function* iterate(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Turns an iteration into a web stream that is read as it is asked for. */
export function toStream(
  source: AsyncIterable<Uint8Array>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** DecompressionStream of the Compression Standard and a hash in JavaScript: for browsers. */
export const webPlatform: KrtPlatform = {
  sha256() {
    const hash = sha256.create();
    return {
      update: bytes => {
        hash.update(bytes);
      },
      hex: () => toHex(hash.digest()),
    };
  },
  gunzip(packed) {
    return iterate(
      toStream(packed).pipeThrough(new DecompressionStream('gzip')),
    );
  },
};

import type { Readable } from 'node:stream';

/** An object that is watched has a few hundred kilobytes at most, a line of a log is cut by the kubelet. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/**
 * Lines of a stream of UTF-8 text, without their ends.
 *
 * @throws Error for a line of more than 4 MiB, of which the rest of the stream cannot be trusted
 */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of stream) {
    rest += decoder.decode(part, { stream: true });
    let begin = 0;
    for (
      let end = rest.indexOf('\n', begin);
      end !== -1;
      end = rest.indexOf('\n', begin)
    ) {
      yield rest.slice(begin, end);
      begin = end + 1;
    }
    rest = rest.slice(begin);
    if (rest.length > MAX_LINE_BYTES) {
      throw new Error(`a line has more than ${MAX_LINE_BYTES} bytes`);
    }
  }
  if (rest) yield rest;
}

/**
 * Ends when the signal aborts, also where what is read does not heed it.
 * @throws what the source throws
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let stop = () => {};
  const onAbort = () => stop();
  const aborted = () =>
    new Promise<undefined>(resolve => {
      stop = () => resolve(undefined);
    });
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      // A new one each time: one for all would keep something of every line.
      const next = await Promise.race([iterator.next(), aborted()]);
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not waited for: it may hang in its last step.
    iterator.return?.()?.then(undefined, () => undefined);
  }
}

/**
 * Work that can be left and gone on with: each `yield` is a place where others may have their turn. Long work on one thread
 * would keep everyone else waiting.
 */
export type Slices<T> = Generator<undefined, T, undefined>;

/** Milliseconds after which others have their turn. */
const SLICE_MILLIS = 5;

/** All of it at once. */
export function runAtOnce<T>(work: Slices<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, 0);
  });
}

/** A slice at a time, with the event loop in between. */
export async function runInSlices<T>(work: Slices<T>): Promise<T> {
  let started = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - started >= SLICE_MILLIS) {
      await nextTurn();
      started = performance.now();
    }
  }
}

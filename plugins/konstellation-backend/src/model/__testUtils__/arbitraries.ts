import fc from 'fast-check';

/** One of some values, each as often as it should come among the others. */
export function weighted<T>(...options: Array<[number, T]>): fc.Arbitrary<T> {
  return fc.oneof(
    ...options.map(([weight, value]) => ({
      weight,
      arbitrary: fc.constant(value),
    })),
  );
}

/** Always this. */
export const is = <T>(value: T) => fc.constant(value);

/** Which runtime. */
export const runtime = weighted([6, 'prices'], [1, 'offers']);
/** Which version. */
export const version = weighted([3, 'v1'], [2, 'v2'], [1, 'v3']);
/** A version in a runtime, which need not be there. */
export const name = { runtime, version };

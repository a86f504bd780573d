import { testKrt } from '../../../__testUtils__/startApi';

/** Keys packages declare: none, or some. */
export const KEYS = [[], ['CURRENCY'], ['CURRENCY', 'TOKEN']] as const;

const packed = new Map<string, Promise<Uint8Array>>();

/** A package of a version that declares these keys; packed once. */
export function packageOf(
  version: string,
  keys: readonly string[],
): Promise<Uint8Array> {
  const name = `${version}/${keys.join()}`;
  const known = packed.get(name) ?? testKrt(version, [], { variables: keys });
  packed.set(name, known);
  return known;
}

import type { KrtLimits } from './types';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

/** Safe defaults; each can be set by configuration. @public */
export const DEFAULT_LIMITS: KrtLimits = {
  packedSize: 5 * GiB,
  unpackedSize: 20 * GiB,
  entries: 100_000,
  pathLength: 512,
  pathDepth: 32,
  manifestSize: 256 * 1024,
  ratio: 200,
};

/** Bytes of one .proto file that are kept to be parsed. */
export const PROTO_SIZE = MiB;

/** Bytes of all .proto files together. */
export const PROTOS_SIZE = 8 * MiB;

/** Unpacked bytes below which the ratio is not looked at: a tiny package of zeros is no bomb. */
export const RATIO_FLOOR = 16 * MiB;

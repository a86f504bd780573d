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

/** Bytes of one .proto file that are kept to be parsed; those in use have some thousands. */
export const PROTO_SIZE = MiB / 2;

/** Bytes of all .proto files together. */
export const PROTOS_SIZE = 2 * MiB;

/** Bytes of a requirements.txt that are looked at, and how many files of that name. */
export const REQUIREMENTS_SIZE = 64 * 1024;
export const REQUIREMENTS_FILES = 50;

/** Unpacked bytes below which the ratio is not looked at: a tiny package of zeros is no bomb. */
export const RATIO_FLOOR = 16 * MiB;

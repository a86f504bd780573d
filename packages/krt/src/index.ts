/**
 * Reads, checks and packs KRT packages; in browsers and in Node, where `@konstellation/krt/node` is faster.
 *
 * @packageDocumentation
 */
export * from './types';
export { DEFAULT_LIMITS } from './limits';
export { readKrt } from './readKrt';
export type { KrtSource, ReadKrtOptions } from './readKrt';
export { packKrt } from './packKrt';
export { validateManifest } from './validateManifest';
export type {
  ValidatedManifest,
  ValidateManifestOptions,
} from './validateManifest';
export { manifestJsonSchema } from './manifest/manifestSchema';
export { KrtReadError } from './problems';
export { PROBLEM_CODES } from './problemCodes';
export type { KrtProblemCode } from './problemCodes';
export type { PackEntry, PackFile } from './tar/writeTar';
export { readTar } from './tar/readTar';
export type { ReadTarOptions, TarFile } from './tar/readTar';
export { parseProtoFiles } from './proto/parseProtoFiles';
export type { ParsedProto } from './proto/parseProtoFiles';
export { describeProto } from './proto/describeProto';
export { exampleOf, jsonSchemaOf } from './proto/jsonSchema';
export { mediaTypeOf } from './mediaTypes';
export type { KrtPlatform, Sha256 } from './platform';
export { ENTRYPOINT, EXIT, usedNodes, workflowGraphs } from './workflows';
export type { KrtWorkflowGraph } from './workflows';

import type { ManifestDraft } from '../manifest/draft';
import type { Problems } from '../problems';
import type { KrtProto } from '../types';
import { describeProto } from './describeProto';
import { parseProtoFiles, type ParsedProto } from './parseProtoFiles';

function checkRpcs({ rpcs }: ManifestDraft, { service }: ParsedProto): void {
  const methods = new Map(
    service.methodsArray.map(method => [method.name, method]),
  );
  const names = [...methods.keys()];
  for (const { at, value, owner } of rpcs) {
    const method = methods.get(value);
    if (!method) {
      const known =
        names.length > 0
          ? `it has: ${names.slice(0, 20).join(', ')}`
          : undefined;
      at.report(
        'rpc-unknown',
        `the proto has no rpc "${value.slice(
          0,
          80,
        )}", which the workflow "${owner}" names`,
        { hint: at.suggest(value, names, known) },
      );
    } else if (method.requestStream || method.responseStream) {
      at.report(
        'rpc-stream',
        `the rpc "${value}" is a stream; a workflow answers one request with one response`,
        { hint: 'remove `stream` from the rpc' },
      );
    }
  }
}

/**
 * Parses the proto the manifest names and checks it against the workflows.
 * @returns what is known of it, unless it cannot be parsed
 */
export function readProto(
  draft: ManifestDraft,
  files: ReadonlyMap<string, string>,
  problems: Problems,
): KrtProto | undefined {
  if (!draft.proto) return undefined;
  const { at, value: path } = draft.proto;
  const text = files.get(path);
  if (text === undefined) {
    const start = path.slice(0, 200);
    at.report('proto-missing', `the proto "${start}" is not in the package`, {
      hint: at.suggest(path, files.keys(), `add ${start} to the archive`),
    });
    return undefined;
  }
  const parsed = parseProtoFiles({ entry: path, files });
  problems.add(...parsed.problems);
  if (!parsed.proto) return undefined;
  checkRpcs(draft, parsed.proto);
  const called = new Set(draft.rpcs.map(rpc => rpc.value));
  try {
    return describeProto(path, text, parsed.proto, called);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    at.report('proto-size', error.message, {
      hint: 'make the messages of the requests smaller',
    });
    return undefined;
  }
}

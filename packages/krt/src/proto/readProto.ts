import type { KrtManifest, KrtProblem, KrtProto } from '../types';
import { didYouMean } from '../manifest/suggest';
import { exampleOf, jsonSchemaOf } from './jsonSchema';
import { parseProtoFiles } from './parseProtoFiles';

/** Parses the proto the manifest names and checks it against the workflows. */
export function readProto(
  manifest: KrtManifest,
  files: ReadonlyMap<string, string>,
  manifestFile: string,
): { proto?: KrtProto; problems: KrtProblem[] } {
  const path = manifest.entrypoint.proto.replace(/^(?:\.\/)+/, '');
  const text = files.get(path);
  if (text === undefined) {
    return {
      problems: [
        {
          path: 'entrypoint.proto',
          code: 'proto-missing',
          severity: 'error',
          message: `the proto "${path}" is not in the package`,
          hint: didYouMean(path, files.keys(), `add ${path} to the archive`),
          file: manifestFile,
        },
      ],
    };
  }
  const { proto: parsed, problems } = parseProtoFiles({ entry: path, files });
  if (!parsed) return { problems };
  const { service } = parsed;
  const names = Object.keys(service.methods);
  const found: KrtProblem[] = [];
  for (const [index, workflow] of manifest.workflows.entries()) {
    const method = service.methods[workflow.entrypoint];
    if (!method) {
      found.push({
        path: `workflows[${index}].entrypoint`,
        code: 'rpc-unknown',
        severity: 'error',
        message: `the proto has no rpc "${workflow.entrypoint}", which the workflow "${workflow.name}" names`,
        hint: didYouMean(
          workflow.entrypoint,
          names,
          names.length > 0 ? `it has: ${names.join(', ')}` : undefined,
        ),
        file: manifestFile,
      });
    } else if (method.requestStream || method.responseStream) {
      found.push({
        path: `workflows[${index}].entrypoint`,
        code: 'rpc-stream',
        severity: 'error',
        message: `the rpc "${workflow.entrypoint}" is a stream; a workflow answers one request with one response`,
        hint: 'remove `stream` from the rpc',
        file: path,
      });
    }
  }
  const rpcs = service.methodsArray.flatMap(method => {
    const request = method.resolvedRequestType;
    const response = method.resolvedResponseType;
    if (!request || !response) return [];
    return [
      {
        name: method.name,
        requestType: request.fullName.replace(/^\./, ''),
        responseType: response.fullName.replace(/^\./, ''),
        requestStream: Boolean(method.requestStream),
        responseStream: Boolean(method.responseStream),
        requestSchema: jsonSchemaOf(request),
        example: exampleOf(request),
      },
    ];
  });
  return {
    problems: found,
    proto: {
      path,
      text,
      package: parsed.package,
      service: service.fullName.replace(/^\./, ''),
      rpcs,
    },
  };
}

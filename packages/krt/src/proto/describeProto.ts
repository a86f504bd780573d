import type { KrtProto, KrtRpc } from '../types';
import { exampleOf, jsonSchemaOf } from './jsonSchema';
import type { ParsedProto } from './parseProtoFiles';

function withoutDot(fullName: string): string {
  return fullName.replace(/^\./, '');
}

/**
 * What users are told about a proto: its rpcs with the schema of their requests and an example each.
 * @param called - the rpcs that workflows answer; all of them by default
 * @throws RangeError when a request is too large to be described
 */
export function describeProto(
  path: string,
  text: string,
  parsed: ParsedProto,
  called?: ReadonlySet<string>,
): KrtProto {
  const rpcs = parsed.service.methodsArray.flatMap((method): KrtRpc[] => {
    if (called && !called.has(method.name)) return [];
    const request = method.resolvedRequestType;
    const response = method.resolvedResponseType;
    if (!request || !response) return [];
    return [
      {
        name: method.name,
        requestType: withoutDot(request.fullName),
        responseType: withoutDot(response.fullName),
        requestStream: Boolean(method.requestStream),
        responseStream: Boolean(method.responseStream),
        requestSchema: jsonSchemaOf(request),
        example: exampleOf(request),
      },
    ];
  });
  return {
    path,
    text,
    package: parsed.package,
    service: withoutDot(parsed.service.fullName),
    rpcs,
  };
}

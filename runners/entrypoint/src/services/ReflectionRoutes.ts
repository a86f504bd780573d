import {
  DescFile,
  DescMethodBiDiStreaming,
  DescService,
  FileRegistry,
  fromJson,
  JsonObject,
  JsonValue,
  Message,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { ConnectRouter } from '@connectrpc/connect';
import { isBidi } from '../proto/methods';
import { findMethod, parseBuiltInService } from './builtInProto';

const protoOf = (packageName: string) => `
syntax = "proto3";
package ${packageName};
message ServerReflectionRequest {
  string host = 1;
  oneof message_request {
    string file_by_filename = 3;
    string file_containing_symbol = 4;
    ExtensionRequest file_containing_extension = 5;
    string all_extension_numbers_of_type = 6;
    string list_services = 7;
  }
}
message ExtensionRequest { string containing_type = 1; int32 extension_number = 2; }
message ServerReflectionResponse {
  string valid_host = 1;
  ServerReflectionRequest original_request = 2;
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ExtensionNumberResponse all_extension_numbers_response = 5;
    ListServiceResponse list_services_response = 6;
    ErrorResponse error_response = 7;
  }
}
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ExtensionNumberResponse { string base_type_name = 1; repeated int32 extension_number = 2; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
message ErrorResponse { int32 error_code = 1; string error_message = 2; }
service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}
`;

const notFound = 5;

/** gRPC server reflection, v1 and v1alpha: clients like grpcurl learn the proto from it. */
export class ReflectionRoutes {
  constructor(
    private readonly registry: FileRegistry,
    private readonly services: DescService[],
  ) {}

  register(router: ConnectRouter): void {
    for (const name of ['grpc.reflection.v1', 'grpc.reflection.v1alpha']) {
      const file = `${name.replace(/\./g, '/')}/reflection.proto`;
      const method = findMethod(
        parseBuiltInService(file, protoOf(name)),
        'ServerReflectionInfo',
        isBidi,
      );
      const answer = this.createAnswer(method);
      router.rpc(
        method,
        async function* reflect(requests: AsyncIterable<Message>) {
          for await (const request of requests) {
            yield answer(request);
          }
        },
      );
    }
  }

  private createAnswer(
    method: DescMethodBiDiStreaming,
  ): (request: Message) => Message {
    return message => {
      const request = toJson(method.input, message);
      return fromJson(method.output, {
        originalRequest: request,
        ...this.answer(isObject(request) ? request : {}),
      });
    };
  }

  private answer(request: JsonObject): JsonObject {
    if (typeof request.listServices === 'string') {
      return {
        listServicesResponse: {
          service: this.services.map(({ typeName }) => ({ name: typeName })),
        },
      };
    }
    const file = this.findFile(request);
    if (!file) {
      return {
        errorResponse: { errorCode: notFound, errorMessage: 'not found' },
      };
    }
    const files = new Set<DescFile>();
    collectWithImports(file, files);
    const descriptors = [...files].map(({ proto }) =>
      base64Encode(toBinary(FileDescriptorProtoSchema, proto)),
    );
    return { fileDescriptorResponse: { fileDescriptorProto: descriptors } };
  }

  private findFile(request: JsonObject): DescFile | undefined {
    const { fileByFilename: name, fileContainingSymbol: symbol } = request;
    if (typeof name === 'string') {
      return this.registry.getFile(name);
    }
    if (typeof symbol !== 'string') {
      return undefined;
    }
    // A symbol may also be an rpc or a field: then its parent is known.
    const found =
      this.registry.get(symbol) ??
      this.registry.get(symbol.slice(0, symbol.lastIndexOf('.')));
    return found?.file;
  }
}

function collectWithImports(file: DescFile, into: Set<DescFile>): void {
  if (!into.has(file)) {
    into.add(file);
    for (const dependency of file.dependencies) {
      collectWithImports(dependency, into);
    }
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { fromJson, toJson } from '@bufbuild/protobuf';
import { Code, ConnectError, ConnectRouter } from '@connectrpc/connect';
import { isUnary } from '../proto/methods';
import { findMethod, parseBuiltInService } from './builtInProto';

const proto = `
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}
`;

/** The health service of gRPC (`grpc.health.v1`). Watch is not implemented, which its protocol allows. */
export class HealthRoutes {
  constructor(
    private readonly isReady: () => boolean,
    private readonly servedService: string,
  ) {}

  register(router: ConnectRouter): void {
    const check = findMethod(
      parseBuiltInService('grpc/health/v1/health.proto', proto),
      'Check',
      isUnary,
    );
    router.rpc(check, request => {
      const json = toJson(check.input, request);
      const service =
        typeof json === 'object' && json !== null && 'service' in json
          ? json.service
          : '';
      if (service !== '' && service !== this.servedService) {
        throw new ConnectError(
          `there is no service '${String(service)}'`,
          Code.NotFound,
        );
      }
      return fromJson(check.output, {
        status: this.isReady() ? 'SERVING' : 'NOT_SERVING',
      });
    });
  }
}

import type { VersionSchema } from '@konstellation/backstage-plugin-konstellation-common';
import type { VersionRecord } from '../domain/types';

/** The rpcs of a package that a workflow answers, with what a caller needs to call them. */
export function schemaOf({ proto, manifest }: VersionRecord): VersionSchema {
  return {
    proto: proto.text,
    rpcs: proto.rpcs.flatMap(rpc => {
      const workflow = manifest.workflows.find(
        candidate => candidate.entrypoint === rpc.name,
      );
      if (!workflow) return [];
      return [
        {
          workflow: workflow.name,
          service: proto.service,
          rpc: rpc.name,
          requestType: rpc.requestType,
          responseType: rpc.responseType,
          requestSchema: rpc.requestSchema,
          example: rpc.example,
        },
      ];
    }),
  };
}

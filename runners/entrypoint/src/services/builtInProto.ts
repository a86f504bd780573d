import { DescMethod, DescService } from '@bufbuild/protobuf';
import { parseProto } from '../proto/parseProto';

/** The only service of a proto that is part of this program. */
export function parseBuiltInService(name: string, text: string): DescService {
  const file = parseProto(name, path =>
    path === name ? text : undefined,
  ).getFile(name);
  const service = file?.services[0];
  if (!service) {
    throw new Error(`${name} has no service`);
  }
  return service;
}

/** An rpc of the kind that is expected there. */
export function findMethod<M extends DescMethod>(
  service: DescService,
  name: string,
  isKind: (method: DescMethod) => method is M,
): M {
  const method = service.methods.find(candidate => candidate.name === name);
  if (!method || !isKind(method)) {
    throw new Error(`${service.typeName} has no such rpc ${name}`);
  }
  return method;
}

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DescMethod, DescService, FileRegistry } from '@bufbuild/protobuf';
import { parseProto } from './parseProto';

/** What the entrypoint serves. */
export interface ServedService {
  registry: FileRegistry;
  service: DescService;
  /** By the name of the rpc, as written in the proto. */
  methods: Map<string, DescMethod>;
}

const maxProtoBytes = 1024 * 1024;

/**
 * Reads and checks the proto of an unpacked package.
 *
 * @param packageDir - absolute path
 * @param proto - path of the proto in the package
 * @throws Error with one line that says what is wrong with it
 */
export function loadService(packageDir: string, proto: string): ServedService {
  const entry = proto.replace(/^(?:\.\/)+/, '');
  const registry = parseProto(entry, name => readPackageFile(packageDir, name));
  const services = registry.getFile(entry)?.services ?? [];
  if (services.length !== 1) {
    throw new Error(
      `the proto '${proto}' must hold exactly one service, it holds ${services.length}`,
    );
  }
  const [service] = services;
  return {
    registry,
    service,
    methods: new Map(service.methods.map(method => [method.name, method])),
  };
}

function readPackageFile(packageDir: string, name: string): string | undefined {
  const file = path.resolve(packageDir, name);
  if (
    !file.startsWith(packageDir + path.sep) ||
    !statSync(file, { throwIfNoEntry: false })?.isFile()
  ) {
    return undefined;
  }
  if (statSync(file).size > maxProtoBytes) {
    throw new Error(`the proto '${name}' has more than ${maxProtoBytes} bytes`);
  }
  return readFileSync(file, 'utf8');
}

import { createFileRegistry, DescFile, FileRegistry } from '@bufbuild/protobuf';
import {
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';
import {
  common,
  Namespace,
  parse,
  ReflectionObject,
  Root,
  tokenize,
} from 'protobufjs';
import { ProtoSource, toFileDescriptor } from './toFileDescriptor';

const wellKnownFiles = new Map<string, DescFile>(
  [
    file_google_protobuf_any,
    file_google_protobuf_duration,
    file_google_protobuf_empty,
    file_google_protobuf_field_mask,
    file_google_protobuf_struct,
    file_google_protobuf_timestamp,
    file_google_protobuf_wrappers,
  ].map(file => [file.proto.name, file]),
);

const maxFiles = 100;

/**
 * Descriptors of a proto given as source text, and of what it imports.
 *
 * @param entry - path of the proto
 * @param read - text of a file by its path, undefined when there is none; `google/protobuf/*` is built in
 * @throws Error with one line that names file and line
 */
export function parseProto(
  entry: string,
  read: (path: string) => string | undefined,
): FileRegistry {
  const root = new Root();
  const sources = new Map<string, ProtoSource>();
  const pending = [entry];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (sources.has(name) || wellKnownFiles.has(name)) {
      continue;
    }
    const text = read(name);
    if (text === undefined) {
      throw new Error(`the proto '${name}' does not exist in the package`);
    }
    if (sources.size === maxFiles) {
      throw new Error(
        `the proto '${entry}' imports more than ${maxFiles} files`,
      );
    }
    const source = parseFile(root, name, text);
    sources.set(name, source);
    pending.push(...source.imports);
  }
  addWellKnownTypes(root, sources);
  try {
    root.resolveAll();
  } catch (error) {
    throw new Error(`${entry}: ${messageOf(error)}`);
  }
  const resolve = (name: string) => {
    const source = sources.get(name);
    return source ? toFileDescriptor(source) : wellKnownFiles.get(name);
  };
  const descriptor = resolve(entry);
  if (descriptor === undefined || !('messageType' in descriptor)) {
    throw new Error(`the proto '${entry}' cannot be served`);
  }
  return createFileRegistry(descriptor, resolve);
}

function parseFile(root: Root, name: string, text: string): ProtoSource {
  const before = new Set(declarationsOf(root));
  try {
    const parsed = parse(text, root, { keepCase: true });
    return {
      name,
      syntax: syntaxOf(text),
      package: parsed.package ?? '',
      imports: [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])],
      declarations: declarationsOf(root).filter(object => !before.has(object)),
    };
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`);
  }
}

function syntaxOf(text: string): 'proto2' | 'proto3' {
  const tokens = tokenize(text, false);
  const statement = tokens.next();
  if (statement === 'edition') {
    throw new Error('editions are not supported, write: syntax = "proto3";');
  }
  if (statement !== 'syntax') {
    return 'proto2';
  }
  tokens.skip('=');
  tokens.next();
  return tokens.next() === 'proto3' ? 'proto3' : 'proto2';
}

function addWellKnownTypes(
  root: Root,
  sources: Map<string, ProtoSource>,
): void {
  const imported = new Set(
    [...sources.values()].flatMap(source => source.imports),
  );
  for (const name of imported) {
    const definition = wellKnownFiles.has(name) ? common.get(name) : null;
    if (definition?.nested) {
      root.addJSON(definition.nested);
    }
  }
}

/** All that is declared outside of messages. */
function declarationsOf(namespace: Namespace): ReflectionObject[] {
  // Only plain namespaces are packages; messages are namespaces too.
  return namespace.nestedArray.flatMap(object =>
    object instanceof Namespace && object.constructor === Namespace
      ? declarationsOf(object)
      : [object],
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

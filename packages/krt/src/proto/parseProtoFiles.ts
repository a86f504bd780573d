import protobuf from 'protobufjs';
import type { KrtProblemCode } from '../problemCodes';
import type { KrtProblem } from '../types';

/** Files a proto may import, all together. */
const MAX_FILES = 100;

/** A proto with everything it imports, resolved. */
export interface ParsedProto {
  root: protobuf.Root;
  package: string;
  service: protobuf.Service;
}

function lineOf(message: string): number | undefined {
  const found = /\(.*?line (\d+)\)/.exec(message);
  return found ? Number(found[1]) : undefined;
}

function problem(
  file: string,
  code: KrtProblemCode,
  message: string,
  hint?: string,
): KrtProblem {
  return {
    path: 'entrypoint.proto',
    file,
    code,
    severity: 'error',
    message,
    hint,
    line: lineOf(message),
  };
}

function collectServices(
  namespace: protobuf.NamespaceBase,
): protobuf.Service[] {
  return namespace.nestedArray.flatMap(object => {
    if (object instanceof protobuf.Service) return [object];
    return object instanceof protobuf.Namespace ? collectServices(object) : [];
  });
}

/**
 * Parses a proto and what it imports. `google/protobuf/*` is built in; other imports are files of the package.
 *
 * @param options.entry - path of the proto in the package
 * @param options.files - text of every .proto file of the package by its path
 */
export function parseProtoFiles(options: {
  entry: string;
  files: ReadonlyMap<string, string>;
}): { proto?: ParsedProto; problems: KrtProblem[] } {
  const { entry, files } = options;
  const root = new protobuf.Root();
  const done = new Set<string>();
  const pending = [{ name: entry, from: entry }];
  let packageName = '';
  let services: protobuf.Service[] = [];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { name, from } = next;
    if (done.has(name)) continue;
    done.add(name);
    const builtIn = name.startsWith('google/protobuf/')
      ? protobuf.common.get(name)
      : undefined;
    if (builtIn?.nested) {
      root.addJSON(builtIn.nested);
      continue;
    }
    const text = files.get(name);
    if (text === undefined || done.size > MAX_FILES) {
      return {
        problems: [
          problem(
            from,
            'proto-import',
            text === undefined
              ? `"${name}" is imported but not in the package`
              : `more than ${MAX_FILES} files are imported`,
            'add the file to the archive; google/protobuf/* is built in',
          ),
        ],
      };
    }
    try {
      const parsed = protobuf.parse(text, root, {
        keepCase: true,
        alternateCommentMode: true,
      });
      if (name === entry) {
        packageName = parsed.package ?? '';
        // The entry is parsed first: what is there now is its own, not an import's.
        services = collectServices(root);
      }
      for (const imported of [
        ...(parsed.imports ?? []),
        ...(parsed.weakImports ?? []),
      ]) {
        pending.push({ name: imported, from: name });
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { problems: [problem(name, 'proto-syntax', message)] };
    }
  }
  try {
    root.resolveAll();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problems: [problem(entry, 'proto-unresolved', message)] };
  }
  const [service, second] = services;
  if (!service || second) {
    return {
      problems: [
        problem(
          entry,
          'proto-service',
          service
            ? 'the proto holds more than one service'
            : 'the proto holds no service',
          'the proto of the entrypoint holds exactly one service',
        ),
      ],
    };
  }
  return { proto: { root, package: packageName, service }, problems: [] };
}

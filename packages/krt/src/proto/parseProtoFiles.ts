import protobuf from 'protobufjs';
import type { KrtProblemCode } from '../problemCodes';
import type { KrtProblem } from '../types';
import { ProtoScanner } from './scanProto';

/** Files a proto may import, all together. */
const MAX_FILES = 100;
/** Parts of the name of a package (`a.b.c`). */
const MAX_PACKAGE_PARTS = 32;

/** A proto with everything it imports, resolved. */
export interface ParsedProto {
  root: protobuf.Root;
  package: string;
  service: protobuf.Service;
}

/** Most characters of a message that are told. */
const MAX_MESSAGE = 300;
/** Where the parser says the place. */
const PLACE = / ?\((?:[^()]*, )?line (\d+)\)$/;

/** A message of the parser, with its place apart. Only its end is looked at: the rest is what somebody wrote. */
function placed(message: string): { text: string; line?: number } {
  const found = PLACE.exec(message.slice(-200));
  if (!found) return { text: message.slice(0, MAX_MESSAGE) };
  const text = message.slice(0, -found[0].length).slice(0, MAX_MESSAGE);
  return { text, line: Number(found[1]) };
}

function problem(
  file: string,
  code: KrtProblemCode,
  message: string,
  options: { hint?: string; line?: number } = {},
): KrtProblem {
  const { text, line } = placed(message);
  return {
    path: 'entrypoint.proto',
    file,
    code,
    severity: 'error',
    message: text,
    hint: options.hint,
    line: options.line ?? line,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function* everyObject(
  namespace: protobuf.NamespaceBase,
): Generator<protobuf.ReflectionObject> {
  for (const object of namespace.nestedArray) {
    yield object;
    if (object instanceof protobuf.Namespace) yield* everyObject(object);
  }
}

function servicesOf(root: protobuf.Root): protobuf.Service[] {
  return [...everyObject(root)].flatMap(object =>
    object instanceof protobuf.Service ? [object] : [],
  );
}

/** Parses a proto and its imports, file by file; goes on after a file that is broken, so that all problems come at once. */
class ProtoLoader {
  readonly root = new protobuf.Root();
  readonly problems: KrtProblem[] = [];
  readonly #scanner = new ProtoScanner();
  readonly #done = new Set<string>();
  readonly #pending: Array<{ name: string; from: string }>;
  /** Of the entry itself. */
  package = '';
  services: protobuf.Service[] = [];

  constructor(
    readonly entry: string,
    readonly files: ReadonlyMap<string, string>,
  ) {
    this.#pending = [{ name: entry, from: entry }];
  }

  load(): void {
    let next = this.#pending.pop();
    while (next && this.#done.size <= MAX_FILES) {
      if (!this.#done.has(next.name)) {
        this.#done.add(next.name);
        this.#read(next.name, next.from);
      }
      next = this.#pending.pop();
    }
    if (next) {
      const message = `more than ${MAX_FILES} files are imported`;
      this.problems.push(problem(this.entry, 'proto-import', message));
    }
  }

  #read(name: string, from: string): void {
    const builtIn = name.startsWith('google/protobuf/')
      ? protobuf.common.get(name)
      : undefined;
    if (builtIn?.nested) {
      this.root.addJSON(builtIn.nested);
      return;
    }
    const text = this.files.get(name);
    if (text === undefined) {
      this.problems.push(
        problem(
          from,
          'proto-import',
          `"${name.slice(0, 200)}" is imported but not in the package`,
          {
            hint: 'add the file to the archive; paths are from its root, and google/protobuf/* is built in',
          },
        ),
      );
      return;
    }
    try {
      this.#parse(name, text);
    } catch (error) {
      this.problems.push(problem(name, 'proto-syntax', messageOf(error)));
    }
  }

  #parse(name: string, text: string): void {
    const refused = this.#scanner.scan(text);
    if (refused) {
      const { code, message, ...place } = refused;
      this.problems.push(problem(name, code, message, place));
      return;
    }
    const parsed = protobuf.parse(text, this.root, {
      keepCase: true,
      alternateCommentMode: true,
    });
    const parts = (parsed.package ?? '').split('.');
    if (parts.length > MAX_PACKAGE_PARTS) {
      throw new Error(
        `the name of the package has more than ${MAX_PACKAGE_PARTS} parts`,
      );
    }
    if (name === this.entry) {
      this.package = parsed.package ?? '';
      // The entry is parsed first: what is there now is its own, not an import's.
      this.services = servicesOf(this.root);
    }
    const imports = [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])];
    for (const imported of imports) {
      this.#pending.push({ name: imported, from: name });
    }
  }
}

/** What can be parsed but not served. */
function unsupported(
  entry: string,
  root: protobuf.Root,
): KrtProblem | undefined {
  for (const object of everyObject(root)) {
    if (object instanceof protobuf.Type && object.toJSON().group) {
      return problem(
        object.filename ?? entry,
        'proto-unsupported',
        `the group "${object.name}" of proto2 cannot be served`,
        { hint: 'declare a message and a field of it' },
      );
    }
  }
  return undefined;
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
  const loader = new ProtoLoader(entry, files);
  loader.load();
  const { root, services, problems } = loader;
  if (problems.length > 0) return { problems };
  try {
    root.resolveAll();
  } catch (error) {
    return { problems: [problem(entry, 'proto-unresolved', messageOf(error))] };
  }
  const group = unsupported(entry, root);
  if (group) return { problems: [group] };
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
          { hint: 'the proto of the entrypoint holds exactly one service' },
        ),
      ],
    };
  }
  return { proto: { root, package: loader.package, service }, problems: [] };
}

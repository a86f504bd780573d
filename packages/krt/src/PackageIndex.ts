import {
  PROTO_SIZE,
  PROTOS_SIZE,
  REQUIREMENTS_FILES,
  REQUIREMENTS_SIZE,
} from './limits';
import { mediaTypeOf } from './mediaTypes';
import { isPickle, MAX_PICKLES } from './pickles';
import type { KrtPlatform } from './platform';
import { archiveProblem, type Problems } from './problems';
import type { TarFile } from './tar/readTar';
import type { KrtFile, KrtLimits } from './types';

const decoder = new TextDecoder('utf-8', { fatal: true });
const lossyDecoder = new TextDecoder('utf-8');

function isManifest(path: string): boolean {
  return path === 'krt.yml' || path === 'krt.yaml';
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function isRequirements(path: string): boolean {
  return /(^|\/)requirements\.txt$/.test(path);
}

/** What is known of the files of a package that passed by. Only krt.yml, .proto files and requirements.txt are kept. */
export class PackageIndex {
  readonly files: KrtFile[] = [];
  readonly protos = new Map<string, string>();
  readonly requirements = new Map<string, string>();
  /** Paths of models that are pickles. */
  readonly pickles: string[] = [];
  manifest: { path: string; text: string } | undefined;
  /** Bytes of all files. */
  unpackedSize = 0;
  #protoBytes = 0;

  constructor(
    readonly limits: KrtLimits,
    readonly platform: KrtPlatform,
    readonly problems: Problems,
  ) {}

  /** Reads a file to its end. */
  async add(entry: TarFile): Promise<KrtFile> {
    const { path, size, executable } = entry;
    const isKept = this.#isKept(path, size);
    const kept: Uint8Array[] = [];
    const hash = this.platform.sha256();
    let isFirst = true;
    for await (const chunk of entry.content) {
      hash.update(chunk);
      if (isFirst && this.pickles.length < MAX_PICKLES) {
        if (isPickle(path, chunk)) this.pickles.push(path);
      }
      isFirst = false;
      if (isKept) kept.push(chunk.slice());
    }
    const file: KrtFile = {
      path,
      size,
      sha256: hash.hex(),
      mediaType: mediaTypeOf(path),
      executable,
    };
    this.unpackedSize += size;
    this.files.push(file);
    if (isKept) this.#keep(path, concat(kept, size));
    return file;
  }

  #isKept(path: string, size: number): boolean {
    if (isManifest(path)) {
      if (size <= this.limits.manifestSize) return true;
      this.problems.add(
        archiveProblem(
          'manifest-size',
          `${path} has more than ${this.limits.manifestSize} bytes`,
          { file: path },
        ),
      );
      return false;
    }
    if (isRequirements(path)) {
      return (
        size <= REQUIREMENTS_SIZE && this.requirements.size < REQUIREMENTS_FILES
      );
    }
    if (!path.endsWith('.proto')) return false;
    this.#protoBytes += size;
    if (size <= PROTO_SIZE && this.#protoBytes <= PROTOS_SIZE) return true;
    this.problems.add(
      archiveProblem('proto-size', `the proto "${path}" is too large`, {
        file: path,
        hint:
          size > PROTO_SIZE
            ? `a .proto file may have ${PROTO_SIZE} bytes`
            : `all .proto files together may have ${PROTOS_SIZE} bytes`,
      }),
    );
    return false;
  }

  #keep(path: string, bytes: Uint8Array): void {
    if (isRequirements(path)) {
      this.requirements.set(path, lossyDecoder.decode(bytes));
      return;
    }
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      this.problems.add(
        archiveProblem('not-utf8', `"${path}" is not UTF-8 text`, {
          file: path,
        }),
      );
      return;
    }
    if (!isManifest(path)) {
      this.protos.set(path, text);
    } else if (this.manifest) {
      this.problems.add(
        archiveProblem(
          'manifest-twice',
          'the package has both krt.yml and krt.yaml',
          { file: path, hint: 'keep one of them' },
        ),
      );
    } else {
      this.manifest = { path, text };
    }
  }
}

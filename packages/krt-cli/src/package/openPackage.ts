import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  DEFAULT_LIMITS,
  readKrt,
  readTar,
  validateManifest,
  type KrtFile,
  type KrtFormat,
  type KrtManifest,
  type KrtProblem,
  type KrtProto,
} from '@konstellation/krt';
import { nodePlatform, packFiles, readKrtFile } from '@konstellation/krt/node';
import { CliError } from '../errors';
import { contentOf, filesOf } from './files';

/** What FILE is. */
export type PackageKind = 'package' | 'folder' | 'manifest';

/** What a FILE argument shows: a .krt, a folder, a krt.yml or stdin. */
export interface OpenedPackage {
  kind: PackageKind;
  /** As the user wrote it. */
  file: string;
  format?: KrtFormat;
  manifest?: KrtManifest;
  proto?: KrtProto;
  problems: KrtProblem[];
  /** Of a package and of a folder. */
  files: KrtFile[];
  /** Of a package alone: a folder is packed anew each time. */
  digest?: string;
  size?: number;
  unpackedSize?: number;
  /** Text of krt.yml, where it can be shown. */
  manifestText?: string;
}

/** The package has errors; they are shown one by one. */
export class InvalidPackageError extends CliError {
  constructor(readonly opened: OpenedPackage) {
    super(`${opened.file} cannot be used`, {
      name: 'InvalidPackageError',
      details: { problems: opened.problems },
    });
  }
}

/** Bytes of a krt.yml that is kept to show its lines. */
const MAX_TEXT = 1024 * 1024;
/** Bytes that come on stdin; a package is read as it comes. */
const MAX_MANIFEST = 256 * 1024;

function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

async function startOf(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function manifestText(folder: string): Promise<string | undefined> {
  for (const name of ['krt.yml', 'krt.yaml']) {
    const file = join(folder, name);
    const known = await stat(file).catch(() => undefined);
    if (known?.isFile() && known.size <= MAX_TEXT)
      return readFile(file, 'utf8');
  }
  return undefined;
}

/** Text of krt.yml in a package, which lies somewhere in it. */
async function packedManifest(file: string): Promise<string | undefined> {
  try {
    const tar = nodePlatform.gunzip(createReadStream(file));
    for await (const entry of readTar(tar, { limits: DEFAULT_LIMITS })) {
      if (!/^krt\.ya?ml$/.test(entry.path) || entry.size > MAX_TEXT) continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry.content) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString('utf8');
    }
  } catch {
    // What is wrong with the package is among its problems.
  }
  return undefined;
}

async function openKrt(file: string): Promise<OpenedPackage> {
  const read = await readKrtFile(file);
  const isShown = read.problems.some(({ line }) => line !== undefined);
  return {
    kind: 'package',
    file,
    ...read,
    manifestText: isShown ? await packedManifest(file) : undefined,
  };
}

async function openFolder(folder: string): Promise<OpenedPackage> {
  const files = await filesOf(folder);
  const packed = packFiles(
    files.map(file => ({ ...file, content: contentOf(file) })),
  );
  const { digest, size, ...read } = await readKrt(packed, {
    platform: nodePlatform,
  });
  return {
    kind: 'folder',
    file: folder,
    ...read,
    manifestText: await manifestText(folder),
  };
}

function openManifest(file: string, text: string): OpenedPackage {
  const name = /\.ya?ml$/.test(file) ? basename(file) : 'krt.yml';
  return {
    kind: 'manifest',
    file,
    ...validateManifest(text, { file: name }),
    files: [],
    manifestText: text,
  };
}

async function openStdin(): Promise<OpenedPackage> {
  const source = process.stdin[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) {
    throw new CliError('nothing came on stdin', {
      hint: 'for example: cat krt.yml | krt validate -',
    });
  }
  const start = Buffer.from(first.value);
  async function* all(): AsyncGenerator<Uint8Array> {
    yield start;
    for (
      let next = await source.next();
      !next.done;
      next = await source.next()
    ) {
      yield Buffer.from(next.value);
    }
  }
  if (isGzip(start)) {
    const read = await readKrt(all(), { platform: nodePlatform });
    return { kind: 'package', file: '-', ...read };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of all()) {
    size += chunk.length;
    // What is beyond the limit is said of its length, not read.
    if (size <= 2 * MAX_MANIFEST) chunks.push(chunk);
  }
  return openManifest('-', Buffer.concat(chunks).toString('utf8'));
}

/**
 * Reads what FILE is and all that is wrong with it.
 * @throws CliError, or the error of the file system
 */
export async function openPackage(file: string): Promise<OpenedPackage> {
  if (file === '-') return openStdin();
  const known = await stat(file);
  if (known.isDirectory()) return openFolder(file);
  if (!known.isFile()) throw new CliError(`"${file}" is no file and no folder`);
  const isManifest = /\.ya?ml$/.test(file) && !isGzip(await startOf(file));
  return isManifest
    ? openManifest(file, await readFile(file, 'utf8'))
    : openKrt(file);
}

/** A package without errors. @throws CliError with the problems */
export async function openValidPackage(
  file: string,
): Promise<OpenedPackage & { manifest: KrtManifest; proto: KrtProto }> {
  const opened = await openPackage(file);
  const { manifest, proto } = opened;
  if (opened.kind === 'manifest') {
    throw new CliError(`"${file}" is a manifest alone`, {
      hint: 'name the package or the folder it lies in',
    });
  }
  if (!manifest || !proto) {
    throw new InvalidPackageError(opened);
  }
  return { ...opened, manifest, proto };
}

import { RATIO_FLOOR } from '../limits';
import type { KrtProblemCode } from '../problemCodes';
import { archiveProblem, KrtReadError } from '../problems';
import type { KrtLimits, KrtProblem } from '../types';
import { ByteReader } from './ByteReader';
import { EntryReader, padding } from './EntryReader';
import type { TarHeader } from './header';
import { checkPath, PathRegister, shown } from './paths';

/**
 * A regular file of the archive, with a name that is safe to create below a folder.
 * @public
 */
export interface TarFile {
  path: string;
  /** Bytes. */
  size: number;
  executable: boolean;
  /** To be read before the next file is asked for; what is left is skipped. */
  content: AsyncIterable<Uint8Array>;
}

/** @public */
export interface ReadTarOptions {
  limits: KrtLimits;
  /** Packed bytes read so far; the ratio is checked against it. */
  packedBytes?: () => number;
  /**
   * Called for each entry that is refused for its name or type alone; it is left out and reading goes on. Without this, the
   * first one ends the reading.
   */
  onRefused?: (problem: KrtProblem) => void;
}

const TYPE_NAMES: Record<string, string> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a FIFO',
  S: 'a sparse file',
};

/** Types that have no content: the next header follows at once. */
const BARE_TYPES = ['1', '2', '3', '4', '6'];

/** Keeps an archive within its limits. */
class Bounds {
  #entries = 0;
  #unpacked = 0;

  constructor(readonly options: ReadTarOptions, readonly reader: ByteReader) {}

  /** @throws KrtReadError when this entry is too much */
  count(header: TarHeader): void {
    const { name, size } = header;
    const { limits } = this.options;
    if (++this.#entries > limits.entries) {
      throw refusal(
        'archive-entries',
        `the package has more than ${limits.entries} entries`,
        name,
      );
    }
    this.#unpacked += size;
    if (this.#unpacked > limits.unpackedSize) {
      throw refusal(
        'archive-unpacked-size',
        `unpacked, the package has more than ${limits.unpackedSize} bytes`,
        name,
        'leave out what the solution does not need',
      );
    }
    this.checkRatio(header);
  }

  /** @throws KrtReadError when the archive has grown out of proportion */
  checkRatio({ name }: TarHeader): void {
    const packed = this.options.packedBytes?.();
    const unpacked = this.reader.consumed;
    if (packed === undefined || unpacked <= RATIO_FLOOR) return;
    const { ratio } = this.options.limits;
    if (unpacked / Math.max(packed, 1) > ratio) {
      throw refusal(
        'archive-ratio',
        `the package unpacks to more than ${ratio} times its size`,
        name,
      );
    }
  }
}

function refusal(
  code: KrtProblemCode,
  message: string,
  name: string,
  hint?: string,
): KrtReadError {
  return new KrtReadError(
    archiveProblem(code, message, { file: shown(name), hint }),
  );
}

function isFile({ type, name }: TarHeader): boolean {
  // Old archives mark folders by a slash at the end; with the newer marks of a file, programs disagree on what that is.
  return ['0', '7', '\0'].includes(type) && !name.endsWith('/');
}

function isFolder({ type, name }: TarHeader): boolean {
  return type === '5' || (type === '\0' && name.endsWith('/'));
}

/** @returns the path of a file, or undefined for a folder or an entry that was refused and can be left out */
function judge(
  header: TarHeader,
  register: PathRegister,
  options: ReadTarOptions,
): string | undefined {
  const refuse = (problem: KrtProblem): undefined => {
    if (!options.onRefused) throw new KrtReadError(problem);
    options.onRefused(problem);
    return undefined;
  };
  const folder = isFolder(header);
  if (!folder && !isFile(header)) {
    const kind =
      TYPE_NAMES[header.type] ?? `of the unknown type "${shown(header.type)}"`;
    const problem = archiveProblem(
      'archive-entry-type',
      ['0', '7'].includes(header.type)
        ? `the entry "${shown(
            header.name,
          )}" is a file with the name of a folder`
        : `the entry "${shown(header.name)}" is ${kind}`,
      {
        file: shown(header.name),
        hint: 'put the file itself into the package',
      },
    );
    // Where the next header is can only be known of what surely has no content.
    if (!BARE_TYPES.includes(header.type) || header.size > 0) {
      throw new KrtReadError(problem);
    }
    return refuse(problem);
  }
  if (folder && header.size > 0) {
    throw refusal(
      'archive-folder-content',
      `the folder "${shown(header.name)}" has content`,
      header.name,
    );
  }
  const checked = checkPath(header.name, options.limits);
  if (checked.problem) return refuse(checked.problem);
  if (checked.path === '') {
    return folder
      ? undefined
      : refuse(archiveProblem('archive-path-outside', 'an entry has no name'));
  }
  const collision = register.add(checked.path, folder);
  if (collision) return refuse(collision);
  return folder ? undefined : checked.path;
}

/**
 * Reads a tar archive (ustar, PAX and GNU long names) in one pass and yields its regular files. Whatever could be read in two
 * ways, or lead outside of a folder it is unpacked to, is refused.
 * @throws KrtReadError
 * @public
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  options: ReadTarOptions,
): AsyncGenerator<TarFile, void, undefined> {
  const reader = new ByteReader(source);
  const entries = new EntryReader(reader);
  const bounds = new Bounds(options, reader);
  const register = new PathRegister(options.limits.entries);
  try {
    for (
      let header = await entries.next();
      header;
      header = await entries.next()
    ) {
      const current = header;
      bounds.count(current);
      const path = judge(current, register, options);
      const content = reader.take(current.size, () =>
        bounds.checkRatio(current),
      );
      if (path !== undefined) {
        yield {
          path,
          size: current.size,
          // eslint-disable-next-line no-bitwise -- mode bits
          executable: (current.mode & 0o111) !== 0,
          content,
        };
      }
      // What the consumer did not read is read here, so that sizes and bounds hold all the same.
      if (content.left > 0) for await (const rest of content) void rest;
      const fill = padding(current.size);
      if (!reader.readNow(fill)) await reader.skip(fill);
    }
  } finally {
    await reader.close();
  }
}

import { DEFAULT_LIMITS } from './limits';
import { PackageIndex } from './PackageIndex';
import { PackedSource } from './PackedSource';
import { checkPickles } from './pickles';
import { webPlatform, type KrtPlatform } from './platform';
import { archiveProblem, KrtReadError, Problems } from './problems';
import { checkRequirements } from './requirements';
import { runInSlices } from './slices';
import { readTar } from './tar/readTar';
import type { KrtFile, KrtLimits, KrtProblem, KrtReadResult } from './types';
import { checkManifest, type ValidatedManifest } from './validateManifest';

/** @public */
export interface ReadKrtOptions {
  limits?: Partial<KrtLimits>;
  /** What hashes and gunzips; the web platform by default. */
  platform?: KrtPlatform;
  signal?: AbortSignal;
  /** Called for each regular file as soon as it has passed by. */
  onFile?: (file: KrtFile) => void;
}

/** What a package is read from. @public */
export type KrtSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What a platform's own gunzip throws says little that is the same everywhere. */
function gzipProblem(error: unknown): KrtProblem {
  const code =
    typeof error === 'object' && error !== null && 'code' in error
      ? error.code
      : '';
  const detail = `${String(code)} ${String(error)}`;
  if (/junk|trailing/i.test(detail)) {
    return archiveProblem(
      'archive-trailing-data',
      'there is data after the end of the gzip stream',
      { hint: 'pack again; do not append to the package' },
    );
  }
  if (
    /Z_BUF_ERROR|unexpected end|compressed input was truncated/i.test(detail)
  ) {
    return archiveProblem(
      'archive-truncated',
      'the package ends in the middle: it is not complete',
      { hint: 'copy or pack it again' },
    );
  }
  return archiveProblem(
    'archive-gzip',
    'the file is no gzip archive, or it is damaged',
    { hint: 'make the package with `tar -czf name.krt -C folder .`' },
  );
}

/** A package whose files lie in a folder is told apart from one without a manifest. */
function manifestMissing(files: readonly KrtFile[]): KrtProblem {
  const wrapped = files.find(({ path }) => /^[^/]+\/krt\.ya?ml$/.test(path));
  return wrapped
    ? archiveProblem(
        'archive-wrapped',
        `the package lies in a folder of its own: ${wrapped.path}`,
        {
          file: wrapped.path,
          hint: 'pack from inside of the folder: `tar -czf name.krt -C folder .`',
        },
      )
    : archiveProblem('manifest-missing', 'the package has no krt.yml', {
        hint: 'put krt.yml into the root of the archive',
      });
}

/** What the manifest says, and what the rest of the package says to it. */
async function readManifest(
  index: PackageIndex,
  problems: Problems,
  isWhole: boolean,
): Promise<ValidatedManifest> {
  const { manifest, protos } = index;
  if (!manifest) {
    if (!problems.hasErrors) problems.add(manifestMissing(index.files));
    return {};
  }
  const files = index.files.map(file => file.path);
  return runInSlices(
    checkManifest(
      manifest.text,
      {
        file: manifest.path,
        // Of an archive that was not read to its end, nobody knows what is missing.
        ...(isWhole ? { files, protos } : {}),
      },
      problems,
    ),
  );
}

/** What is asked of the content once all of it has been seen, or all that could be. */
async function conclude(
  index: PackageIndex,
  problems: Problems,
  isWhole: boolean,
): Promise<ValidatedManifest> {
  const found = await readManifest(index, problems, isWhole);
  checkRequirements(index.requirements, problems);
  checkPickles(index.pickles, problems);
  return problems.hasErrors ? { format: found.format } : found;
}

/**
 * Reads a KRT package in one pass: nothing is unpacked, and no more is kept than krt.yml and the .proto files.
 *
 * Everything wrong with the package is in `problems`; the promise is rejected only when the source itself fails or the
 * signal aborts. The source is read to its end, except for packages over the limit of packed bytes.
 * @public
 */
export async function readKrt(
  source: KrtSource,
  options: ReadKrtOptions = {},
): Promise<KrtReadResult> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const platform = options.platform ?? webPlatform;
  const problems = new Problems();
  const index = new PackageIndex(limits, platform, problems);
  const packed = new PackedSource(source, {
    hash: platform.sha256(),
    limit: limits.packedSize,
    signal: options.signal,
  });
  let isWhole = false;
  try {
    try {
      const entries = readTar(platform.gunzip(packed.chunks()), {
        limits,
        packedBytes: () => packed.size,
        onRefused: problem => problems.add(problem),
      });
      for await (const entry of entries) {
        const file = await index.add(entry);
        options.onFile?.(file);
      }
      isWhole = true;
    } catch (error) {
      // What gunzip makes of an error of its source is not what happened.
      if (packed.failure) throw packed.failure.error;
      problems.add(
        error instanceof KrtReadError ? error.problem : gzipProblem(error),
      );
    }
    // The digest is that of all bytes, also where reading ended early.
    await packed.drain();
  } catch (error) {
    if (!(error instanceof KrtReadError)) throw error;
    problems.add(error.problem);
  } finally {
    packed.close();
  }
  return {
    ...(await conclude(index, problems, isWhole)),
    files: index.files,
    digest: packed.digest(),
    size: packed.size,
    unpackedSize: index.unpackedSize,
    problems: problems.all,
  };
}

import { checkFiles } from './checkFiles';
import { DEFAULT_LIMITS, PROTO_SIZE, PROTOS_SIZE } from './limits';
import { parseManifest } from './manifest/parseManifest';
import { mediaTypeOf } from './mediaTypes';
import { iterate, webPlatform, type KrtPlatform } from './platform';
import { archiveProblem, KrtReadError, Problems } from './problems';
import { readProto } from './proto/readProto';
import { readTar } from './tar/readTar';
import type { KrtFile, KrtLimits, KrtReadResult } from './types';

/** @public */
export interface ReadKrtOptions {
  limits?: Partial<KrtLimits>;
  /** What hashes and gunzips; the web platform by default. */
  platform?: KrtPlatform;
  signal?: AbortSignal;
}

/** What a package is read from. @public */
export type KrtSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

const decoder = new TextDecoder('utf-8', { fatal: true });

interface Kept {
  manifest?: { path: string; text: string };
  protos: Map<string, string>;
}

class Reading {
  readonly problems = new Problems();
  readonly files: KrtFile[] = [];
  readonly kept: Kept = { protos: new Map() };
  unpackedSize = 0;
  #protoBytes = 0;

  constructor(readonly limits: KrtLimits, readonly platform: KrtPlatform) {}

  async readFiles(
    tar: AsyncIterable<Uint8Array>,
    packedBytes: () => number,
  ): Promise<void> {
    const entries = readTar(tar, { limits: this.limits, packedBytes });
    for await (const entry of entries) {
      const bound = this.#keepUpTo(entry.path, entry.size);
      const kept: Uint8Array[] = [];
      const hash = this.platform.sha256();
      for await (const chunk of entry.content) {
        hash.update(chunk);
        if (bound > 0) kept.push(chunk.slice());
      }
      this.unpackedSize += entry.size;
      this.files.push({
        path: entry.path,
        size: entry.size,
        sha256: hash.hex(),
        mediaType: mediaTypeOf(entry.path),
        executable: entry.executable,
      });
      if (bound > 0) this.#keep(entry.path, concat(kept, entry.size));
    }
  }

  /** Bytes of a file to keep; 0 for those that only pass by. */
  #keepUpTo(path: string, size: number): number {
    if (path === 'krt.yml' || path === 'krt.yaml') {
      if (size > this.limits.manifestSize) {
        this.problems.add(
          archiveProblem(
            'manifest-size',
            `${path} has more than ${this.limits.manifestSize} bytes`,
            { file: path },
          ),
        );
        return 0;
      }
      return this.limits.manifestSize;
    }
    if (!path.endsWith('.proto')) return 0;
    this.#protoBytes += size;
    if (size > PROTO_SIZE || this.#protoBytes > PROTOS_SIZE) {
      this.problems.add(
        archiveProblem('proto-size', `the proto "${path}" is too large`, {
          file: path,
        }),
      );
      return 0;
    }
    return PROTO_SIZE;
  }

  #keep(path: string, bytes: Uint8Array): void {
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
    if (path.endsWith('.proto')) {
      this.kept.protos.set(path, text);
    } else if (this.kept.manifest) {
      this.problems.add(
        archiveProblem(
          'manifest-twice',
          'the package has both krt.yml and krt.yaml',
          { hint: 'keep one of them' },
        ),
      );
    } else {
      this.kept.manifest = { path, text };
    }
  }

  /** What is asked of the content once all of it has been seen. */
  conclude(): Pick<KrtReadResult, 'manifest' | 'proto'> {
    const { manifest: file, protos } = this.kept;
    if (!file) {
      if (!this.problems.hasErrors) this.problems.add(this.#manifestMissing());
      return {};
    }
    const manifest = parseManifest(file.text, file.path, this.problems);
    if (!manifest) return {};
    this.problems.add(...checkFiles(manifest, this.files, file.path));
    const { proto, problems } = readProto(manifest, protos, file.path);
    this.problems.add(...problems);
    return { manifest, proto };
  }

  #manifestMissing() {
    const wrapped = this.files.find(({ path }) =>
      /^[^/]+\/krt\.ya?ml$/.test(path),
    );
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
}

function concat(chunks: Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function gzipProblem(error: unknown) {
  const detail = String(error);
  if (/junk|trailing/i.test(detail)) {
    return archiveProblem(
      'archive-trailing-data',
      'there is data after the end of the gzip stream',
      { hint: 'pack again; do not append to the package' },
    );
  }
  if (
    /end of file|unexpected end|compressed input was truncated/i.test(detail)
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
  const reading = new Reading(limits, platform);
  const digest = platform.sha256();
  let size = 0;
  let sourceError: { error: unknown } | undefined;
  const input = 'getReader' in source ? iterate(source) : source;
  const iterator = input[Symbol.asyncIterator]();

  async function nextPacked(): Promise<Uint8Array | undefined> {
    options.signal?.throwIfAborted();
    const { done, value } = await iterator.next();
    if (done) return undefined;
    size += value.length;
    if (size > limits.packedSize) {
      throw new KrtReadError(
        archiveProblem(
          'archive-packed-size',
          `the package has more than ${limits.packedSize} bytes`,
        ),
      );
    }
    digest.update(value);
    return value;
  }

  async function* packed(): AsyncGenerator<Uint8Array> {
    try {
      for (let chunk = await nextPacked(); chunk; chunk = await nextPacked()) {
        yield chunk;
      }
    } catch (error) {
      // Noted, as gunzip may wrap what its source throws.
      sourceError = { error };
      throw error;
    }
  }

  try {
    await reading.readFiles(platform.gunzip(packed()), () => size);
  } catch (error) {
    const cause = sourceError?.error ?? error;
    if (sourceError && !(cause instanceof KrtReadError)) throw cause;
    reading.problems.add(
      cause instanceof KrtReadError ? cause.problem : gzipProblem(cause),
    );
  }
  // The digest is that of all bytes, also where reading ended early.
  try {
    while (!sourceError && (await nextPacked()));
  } catch (error) {
    if (!(error instanceof KrtReadError)) throw error;
    reading.problems.add(error.problem);
  }

  const concluded = reading.conclude();
  return {
    ...(reading.problems.hasErrors ? {} : concluded),
    files: reading.files,
    digest: `sha256:${digest.hex()}`,
    size,
    unpackedSize: reading.unpackedSize,
    problems: reading.problems.all,
  };
}

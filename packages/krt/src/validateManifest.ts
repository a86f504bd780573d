import { checkFiles, checkReadme } from './checkFiles';
import { archiveProblem, Problems } from './problems';
import { parseManifest } from './manifest/parseManifest';
import { readProto } from './proto/readProto';
import { DEFAULT_LIMITS } from './limits';
import { runAtOnce, type Slices } from './slices';
import type { KrtFormat, KrtManifest, KrtProblem, KrtProto } from './types';

/** What a manifest is checked against. @public */
export interface ValidateManifestOptions {
  /** Name of the manifest in the archive; `krt.yml` by default. */
  file?: string;
  /** Paths of all files of the package; without them, nothing is said about missing files. */
  files?: readonly string[];
  /** Text of the .proto files by path; without them, nothing is said about the proto. */
  protos?: ReadonlyMap<string, string>;
}

/** What is known of a manifest. @public */
export interface ValidatedManifest {
  /** Which format it was read as; absent where it is none of those known. */
  format?: KrtFormat;
  manifest?: KrtManifest;
  proto?: KrtProto;
}

/** A manifest and its proto, as far as they could be read. */
export function* checkManifest(
  text: string,
  options: ValidateManifestOptions,
  problems: Problems,
): Slices<ValidatedManifest> {
  const { file = 'krt.yml', files, protos } = options;
  const { format, draft } = yield* parseManifest(text, file, problems);
  if (!draft) return { format };
  yield;
  if (files) {
    checkFiles(draft, files, problems);
    checkReadme(files, problems);
  }
  yield;
  const proto = protos && readProto(draft, protos, problems);
  return { format, manifest: draft.manifest, proto };
}

/**
 * Checks the text of a krt.yml without an archive, for editors and tools.
 * @returns the model, absent when a problem is an error, and all problems
 * @public
 */
export function validateManifest(
  text: string,
  options: ValidateManifestOptions = {},
): ValidatedManifest & { problems: KrtProblem[] } {
  const problems = new Problems();
  if (new TextEncoder().encode(text).length > DEFAULT_LIMITS.manifestSize) {
    problems.add(
      archiveProblem(
        'manifest-size',
        `the manifest has more than ${DEFAULT_LIMITS.manifestSize} bytes`,
      ),
    );
    return { problems: problems.all };
  }
  const found = runAtOnce(checkManifest(text, options, problems));
  return {
    ...(problems.hasErrors ? { format: found.format } : found),
    problems: problems.all,
  };
}

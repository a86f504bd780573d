import { checkFiles, checkReadme } from './checkFiles';
import { archiveProblem, Problems } from './problems';
import { parseManifest } from './manifest/parseManifest';
import { readProto } from './proto/readProto';
import { DEFAULT_LIMITS } from './limits';
import type { KrtManifest, KrtProblem, KrtProto } from './types';

/** What a manifest is checked against. @public */
export interface ValidateManifestOptions {
  /** Name of the manifest in the archive; `krt.yml` by default. */
  file?: string;
  /** Paths of all files of the package; without them, nothing is said about missing files. */
  files?: readonly string[];
  /** Text of the .proto files by path; without them, nothing is said about the proto. */
  protos?: ReadonlyMap<string, string>;
}

/** A manifest and its proto, as far as they could be read. */
export function checkManifest(
  text: string,
  options: ValidateManifestOptions,
  problems: Problems,
): { manifest?: KrtManifest; proto?: KrtProto } {
  const { file = 'krt.yml', files, protos } = options;
  const draft = parseManifest(text, file, problems);
  if (!draft) return {};
  if (files) {
    checkFiles(draft, files, problems);
    checkReadme(files, problems);
  }
  const proto = protos && readProto(draft, protos, problems);
  return { manifest: draft.manifest, proto };
}

/**
 * Checks the text of a krt.yml without an archive, for editors and tools.
 * @returns the model, absent when a problem is an error, and all problems
 * @public
 */
export function validateManifest(
  text: string,
  options: ValidateManifestOptions = {},
): { manifest?: KrtManifest; proto?: KrtProto; problems: KrtProblem[] } {
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
  const found = checkManifest(text, options, problems);
  return {
    ...(problems.hasErrors ? {} : found),
    problems: problems.all,
  };
}

import { archiveProblem, type Problems } from './problems';

/** Warnings of this kind; more say nothing new. */
export const MAX_PICKLES = 20;

const ENDING = /\.(pkl|pickle|joblib|sav|pt|pth|ckpt)$/i;
/** Endings that say nothing; then the first bytes do. */
const OPEN_ENDING = /(\.(bin|model|dat|p)|(^|\/)[^./]+)$/i;

/** PROTO opcode with one of the protocols that have it (pickletools: 2 to 5). */
function beginsAsPickle(start: Uint8Array): boolean {
  const [opcode = 0, protocol = 0] = start;
  return opcode === 0x80 && protocol >= 2 && protocol <= 5;
}

/**
 * Whether a file is a pickle, or a container of pickles as joblib and PyTorch write them.
 * @param start - the first bytes
 */
export function isPickle(path: string, start: Uint8Array): boolean {
  return ENDING.test(path) || (OPEN_ENDING.test(path) && beginsAsPickle(start));
}

/** Warns of models that run code when they are loaded. */
export function checkPickles(
  paths: readonly string[],
  problems: Problems,
): void {
  for (const file of paths) {
    problems.add({
      ...archiveProblem(
        'pickled-model',
        `${file} is a pickle: loading it runs code from it, and works only with the library versions it was saved with`,
        {
          file,
          hint: 'save the model as plain numbers (JSON, ONNX, safetensors), or pin the libraries in requirements.txt',
        },
      ),
      severity: 'warning',
    });
  }
}

import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  isQuantity,
  type RuntimeSettings,
} from '@konstellation/backstage-plugin-konstellation-common';
import { checkGpu, checkPlacement } from './checkPlacement';
import { checkScaling } from './checkScaling';
import { isLabel } from './labels';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const MAX_LABELS = 32;
const MAX_ORIGINS = 50;
const MAX_EGRESS = 50;

/** Bytes of one value that may be an environment variable. */
export const MAX_VARIABLE_BYTES = 32 * 1024;
/** Bytes of one value that is a file. */
export const MAX_FILE_BYTES = 256 * 1024;
/** Bytes of all values of one revision. */
export const MAX_REVISION_BYTES = 900 * 1024;

/** @throws InputError unless it is an id of a runtime or solution */
export function checkId(id: string): void {
  if (id.length < 3 || id.length > 30 || !ID.test(id)) {
    throw new InputError(
      `the id "${id.slice(
        0,
        60,
      )}" must have 3 to 30 characters: lower-case letters, digits and single dashes, beginning with a letter`,
    );
  }
}

/** @throws InputError unless it is a name of 1 to 40 characters */
export function checkName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length === 0 || trimmed.length > 40) {
    throw new InputError('the name must have 1 to 40 characters');
  }
  return trimmed;
}

/**
 * @param owner - as people write it: `ml`, `user:jane` or `group:default/ml`; a name alone is a group, as in catalog-info.yaml
 * @returns the full reference, in lower case, as the claims of callers are written
 * @throws InputError unless it is a reference to an entity
 */
export function checkOwner(owner: string): string {
  try {
    const ref = parseEntityRef(owner.trim(), {
      defaultKind: 'group',
      defaultNamespace: 'default',
    });
    return stringifyEntityRef(ref);
  } catch {
    throw new InputError(
      `the owner "${owner.slice(
        0,
        100,
      )}" is not a reference to an entity, such as group:default/ml or user:default/jane`,
    );
  }
}

/** What an owner that is looked for may be stored as: a reference in full, or what a service that created a runtime is called. */
export function ownerForms(owner: string): string[] {
  try {
    return [owner, checkOwner(owner)];
  } catch {
    return [owner];
  }
}

/** @returns the trimmed comment; @throws InputError unless it has 1 to 1,000 characters */
export function checkComment(comment: unknown): string {
  const trimmed = typeof comment === 'string' ? comment.trim() : '';
  if (trimmed.length === 0 || trimmed.length > 1_000) {
    throw new InputError(
      'a comment of 1 to 1,000 characters is required: say why',
    );
  }
  return trimmed;
}

/** @throws InputError naming the first label that Kubernetes would not take */
export function checkLabels(labels: Record<string, string>): void {
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) {
    throw new InputError(`a runtime has at most ${MAX_LABELS} labels`);
  }
  for (const [key, value] of entries) {
    if (!isLabel(key, value)) {
      throw new InputError(`"${key}: ${value}" is not a valid label`);
    }
  }
}

function checkOrigin(origin: string): void {
  if (origin === '*') return;
  let parsed: URL | undefined;
  try {
    parsed = new URL(origin);
  } catch {
    // Said below.
  }
  if (
    !parsed ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.origin !== origin
  ) {
    throw new InputError(
      `"${origin.slice(
        0,
        100,
      )}" is not an origin: write scheme and host, without path, for example https://shop.example.com, or *`,
    );
  }
}

function checkQuantities(where: string, values: Record<string, string> = {}) {
  for (const [name, value] of Object.entries(values)) {
    if (!isQuantity(value)) {
      throw new InputError(
        `${where}: "${value}" of ${name} is not a quantity such as 500m or 256Mi`,
      );
    }
  }
}

/** @throws InputError naming the setting that is wrong, with a code where it is a SettingsError */
export function checkSettings(settings: RuntimeSettings): void {
  const { origins = [], quota, egress = [], resources } = settings;
  if (origins.length > MAX_ORIGINS) {
    throw new InputError(`at most ${MAX_ORIGINS} origins are allowed`);
  }
  origins.forEach(checkOrigin);
  checkQuantities('quota', quota);
  if (egress.length > MAX_EGRESS) {
    throw new InputError(`at most ${MAX_EGRESS} egress rules are allowed`);
  }
  for (const { cidr } of egress) {
    if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(cidr)) {
      throw new InputError(`egress: "${cidr}" is not a CIDR`);
    }
  }
  for (const [where, bounds] of [
    ['resources', resources] as const,
    ...Object.entries(resources?.nodes ?? {}),
  ]) {
    checkQuantities(where, bounds?.requests);
    checkQuantities(where, bounds?.limits);
  }
  checkScaling(settings.scaling ?? {});
  checkPlacement(settings.placement ?? {});
  checkGpu('gpu', settings.gpu ?? {});
}

/** @throws InputError when a value is too large or cannot be an environment variable */
export function checkValue(
  key: string,
  value: string,
  type: 'variable' | 'file',
): void {
  const most = type === 'file' ? MAX_FILE_BYTES : MAX_VARIABLE_BYTES;
  if (Buffer.byteLength(value) > most) {
    throw new InputError(`the value of ${key} has more than ${most} bytes`);
  }
  if (value.includes('\0')) {
    throw new InputError(`the value of ${key} holds a NUL character`);
  }
}

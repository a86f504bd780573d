// The descriptions images/<name>/image.json, which images are built from with Docker and without, and what all images share.
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/toolchain.mjs';
import { node } from './interpreters/node.mjs';
import { python } from './interpreters/python.mjs';

const INTERPRETERS = { node, python };
const FIELDS = [
  'title',
  'description',
  'interpreter',
  'steps',
  'files',
  'environment',
  'ports',
  'workingDirectory',
  'entrypoint',
  'command',
];

/** The user that pods run as, see the manifests; PSS `restricted` wants it as a number. */
export const USER = '10001:10001';
export const STOP_SIGNAL = 'SIGTERM';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const { version: PRODUCT_VERSION, license: LICENSE } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

export const fileOf = (name, file) => join('images', name, file);

export const NAMES = readdirSync(join(root, 'images')).filter(name =>
  existsSync(join(root, fileOf(name, 'image.json'))),
);

/**
 * @returns the description with what it leaves out
 * @throws an Error that names what is wrong in it
 */
export function readDescription(name) {
  if (!NAMES.includes(name)) {
    throw new Error(
      `There is no image "${name}", there are ${NAMES.join(', ')}`,
    );
  }
  const file = fileOf(name, 'image.json');
  const given = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const unknown = Object.keys(given).find(field => !FIELDS.includes(field));
  if (unknown) throw new Error(`${file} has an unknown field "${unknown}"`);
  const interpreter = INTERPRETERS[given.interpreter];
  if (!interpreter) {
    throw new Error(
      `${file} has an unknown interpreter "${given.interpreter}"`,
    );
  }
  return {
    ports: [],
    command: [],
    workingDirectory: '/',
    ...given,
    name,
    interpreterName: given.interpreter,
    interpreter,
    environment: { PATH, ...interpreter.environment, ...given.environment },
  };
}

/** @param version - of the product; in a Containerfile a variable */
export function labelsOf({ title, description }, version) {
  const labels = { title, description, version, licenses: LICENSE };
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [
      `org.opencontainers.image.${label}`,
      value,
    ]),
  );
}

/** What a registry keeps of an image beside its files. */
export function configOf(description, version) {
  const { environment, ports, command, workingDirectory, entrypoint } =
    description;
  return {
    User: USER,
    ...(ports.length > 0 && {
      ExposedPorts: Object.fromEntries(ports.map(port => [`${port}/tcp`, {}])),
    }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Entrypoint: entrypoint,
    ...(command.length > 0 && { Cmd: command }),
    WorkingDir: workingDirectory,
    Labels: labelsOf(description, version),
    StopSignal: STOP_SIGNAL,
  };
}

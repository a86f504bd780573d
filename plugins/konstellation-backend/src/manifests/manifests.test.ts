import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { stringify } from 'yaml';
import { manifestCases } from './__testUtils__/cases';

/** What is rendered, one file for each object. `UPDATE_GOLDEN=1` writes them anew. */
const FOLDER = join(__dirname, '__fixtures__');
const isUpdating = process.env.UPDATE_GOLDEN !== undefined;

const fileOf = ({ kind, metadata }: KubernetesObject) =>
  `${kind}.${metadata.name}.yaml`;

/** As people write it: what it is first, nothing said by reference. */
function asYaml({ apiVersion, kind, metadata, ...rest }: KubernetesObject) {
  return stringify(
    { apiVersion, kind, metadata, ...rest },
    { lineWidth: 0, aliasDuplicateObjects: false, singleQuote: true },
  );
}

/** A name that is a DNS label, as names of Services are. */
const LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

describe.each(Object.entries(manifestCases()))(
  'manifests: %s',
  (name, { objects, runtime }) => {
    const folder = join(FOLDER, name);

    it('are as the golden files have them', () => {
      const rendered = Object.fromEntries(
        objects.map(object => [fileOf(object), asYaml(object)]),
      );
      if (isUpdating) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        for (const [file, text] of Object.entries(rendered)) {
          writeFileSync(join(folder, file), text);
        }
      }
      const files = existsSync(folder) ? readdirSync(folder) : [];
      const golden = Object.fromEntries(
        files.map(file => [file, readFileSync(join(folder, file), 'utf8')]),
      );
      expect(rendered).toEqual(golden);
    });

    it('have names that are legal, and none twice', () => {
      const names = objects.map(
        object => `${object.kind}/${object.metadata.name}`,
      );
      expect(new Set(names).size).toBe(names.length);
      for (const { metadata } of objects) {
        expect(metadata.name).toMatch(LABEL);
        for (const value of Object.values(metadata.labels ?? {})) {
          expect(value).toMatch(/^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/);
        }
      }
    });

    it('are all of the runtime', () => {
      for (const { metadata } of objects) {
        expect(metadata.labels?.['app.kubernetes.io/managed-by']).toBe(
          'konstellation',
        );
      }
      const places = objects
        .filter(({ kind }) => kind !== 'Namespace')
        .map(({ metadata }) => metadata.namespace);
      expect(new Set(places)).toEqual(new Set([runtime.namespace]));
    });
  },
);

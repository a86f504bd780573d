// Works out the schema of all configuration, so that no start of the portal has to: packages describe theirs in TypeScript, and
// compiling that takes longer than everything else a start does.
//   yarn workspace backend build:config-schema
import { loadConfigSchema } from '@backstage/config-loader';
import { getPackages } from '@manypkg/get-packages';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'dist');
const file = join(folder, 'config-schema.json');

// Of the same packages as Backstage takes at a start, so that nothing is a secret to the one and not to the other.
const { packages } = await getPackages(import.meta.dirname);
const schema = await loadConfigSchema({
  dependencies: packages.map(({ packageJson }) => packageJson.name),
  onSchemaError: error => {
    throw error;
  },
});
await mkdir(folder, { recursive: true });
// Whoever starts meanwhile reads the one before.
await writeFile(`${file}.new`, JSON.stringify(schema.serialize()));
await rename(`${file}.new`, file);

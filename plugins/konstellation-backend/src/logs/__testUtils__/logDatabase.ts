import type { Knex } from 'knex';
import { testStores } from '../../__testUtils__/stores';
import { LogArchiveStore } from '../../database/LogArchiveStore';
import { toRuntime, toVersion } from '../../database/rows';

const node = (name: string) => ({
  name,
  image: 'konstellation/kre-py:1.22.0',
  src: `src/${name}.py`,
  gpu: false,
});

/** Tables with one runtime, a clock that stands, and archives of logs. */
export async function logDatabase(knex: Knex) {
  const stores = await testStores(knex);
  await stores.createRuntime('logs');
  return {
    clock: stores.clock,
    archives: new LogArchiveStore(stores.database),
    runtime: toRuntime(await knex('runtimes').first()),

    /** A started version with a workflow for each of its two nodes, `model` and `clean`. Its name is its uid. */
    async addVersion(uid: string) {
      await stores.createVersion('logs', uid, {
        uid,
        manifest: {
          krtVersion: 'v1',
          version: uid,
          description: uid,
          entrypoint: {
            proto: 'public_input.proto',
            image: 'konstellation/kre-entrypoint:1.0.0',
          },
          config: { variables: [], files: [] },
          nodes: [node('model'), node('clean')],
          workflows: [
            { name: 'price', entrypoint: 'Estimate', sequential: ['model'] },
            { name: 'tidy', entrypoint: 'Tidy', sequential: ['clean'] },
          ],
        },
      });
      await knex('versions').where({ uid }).update({ desired: 'started' });
      return toVersion(await knex('versions').where({ uid }).first());
    },
  };
}

import { mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { generateKey, ValueCipher } from '../configuration/ValueCipher';
import { ConfigurationCommands } from '../database/ConfigurationCommands';
import { ConfigurationStore } from '../database/ConfigurationStore';
import { Database } from '../database/Database';
import { PublicationStore } from '../database/PublicationStore';
import { RuntimeStore } from '../database/RuntimeStore';
import { SolutionStore } from '../database/SolutionStore';
import { VersionStore, type NewVersion } from '../database/VersionStore';

export const ACTOR = 'user:default/mock';

/** The stores on one database, with a clock that stands until it is moved. */
export async function testStores(knex: Knex, keys = [generateKey()]) {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const database = await Database.create({
    database: mockServices.database.mock({ getClient: async () => knex }),
    policy: {
      deadlines: {
        start: 60_000,
        stop: 60_000,
        unavailable: 60_000,
        configuration: 60_000,
      },
      keptPublications: 10,
    },
    now: () => new Date(clock.now),
  });
  const configurations = new ConfigurationStore(
    database,
    new ValueCipher(keys),
  );
  const runtimes = new RuntimeStore(database);
  const versions = new VersionStore(database, configurations);
  return {
    clock,
    database,
    configurations,
    runtimes,
    versions,
    commands: new ConfigurationCommands(database, configurations),
    publications: new PublicationStore(database),
    solutions: new SolutionStore(database),

    async createRuntime(id: string, change: { owner?: string } = {}) {
      await runtimes.create(
        {
          id,
          name: id,
          description: '',
          owner: change.owner ?? ACTOR,
          labels: {},
          cluster: 'test',
          namespace: `kre-${id}`,
          bound: false,
          settings: {},
          signal: `signal-${id}`,
          revision: 0,
          deleting: false,
          createdBy: ACTOR,
          createdAt: database.now(),
        },
        { actor: ACTOR, type: 'runtime.created', runtime: id, comment: id },
      );
    },

    async createVersion(
      runtime: string,
      name: string,
      change: Partial<NewVersion> = {},
    ) {
      const version = { ...testVersion(runtime, name), ...change };
      await versions.create(version, {
        confirmInherited: true,
        activity: {
          actor: ACTOR,
          type: 'version.created',
          runtime,
          solution: version.solution,
          version: name,
          to: 'CREATED',
          comment: name,
        },
      });
      return version;
    },
  };
}

function testVersion(runtime: string, name: string): NewVersion {
  return {
    uid: `uid-${runtime}-${name}`,
    runtime,
    solution: runtime,
    name,
    description: name,
    manifest: {
      krtVersion: 'v1',
      version: name,
      description: name,
      entrypoint: {
        proto: 'public_input.proto',
        image: 'konstellation/kre-entrypoint:1.0.0',
      },
      config: { variables: ['CURRENCY', 'PASSWORD'], files: [] },
      nodes: [],
      workflows: [],
    },
    proto: {
      path: 'public_input.proto',
      text: '',
      package: 'price',
      service: 'price.Prices',
      rpcs: [],
    },
    files: [],
    packageDigest: `sha256:${'0'.repeat(64)}`,
    packageSize: 1,
    unpackedSize: 1,
    createdBy: ACTOR,
  };
}

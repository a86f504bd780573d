import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import knexFactory from 'knex';
import { SimulatedCluster } from '../__testUtils__/simulation/SimulatedCluster';
import { generateKey } from '../configuration/ValueCipher';
import { ClusterServer } from './__testUtils__/ClusterServer';
import { Driver } from './__testUtils__/Driver';
import { Replica } from './__testUtils__/Replica';

const connection =
  process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING;
const seconds = Number(process.env.KONSTELLATION_REPLICAS_SECONDS ?? 20);
const seed = Number(process.env.KONSTELLATION_REPLICAS_SEED ?? Date.now());
/** Between two kills, where both replicas are up. */
const KILL_EVERY_MILLIS = 4_000;
const SETTLE_WITHIN_MILLIS = 120_000;
const RUNTIMES = 3;
const DATABASE_PREFIX = `konstellation_replicas_${process.pid}_`;

jest.setTimeout((seconds + 400) * 1_000);

/** Mulberry32: small, and the same for the same seed. */
function randomOf(begin: number): () => number {
  let state = begin;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function isSettled({ status, conditions, deleting }: Version): boolean {
  const isSwitching = conditions.some(
    ({ type, status: value }) => type === 'Switching' && value === 'True',
  );
  const isApplying = conditions.some(
    ({ type, reason }) =>
      type === 'ConfigurationApplied' && reason === 'InProgress',
  );
  return (
    !deleting &&
    !isSwitching &&
    !isApplying &&
    ['CREATED', 'STOPPED', 'STARTED', 'PUBLISHED'].includes(status)
  );
}

function countOf(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

async function dropDatabases(): Promise<void> {
  const knex = knexFactory({ client: 'pg', connection });
  try {
    const { rows } = await knex.raw(
      'select datname from pg_database where datname like ?',
      [`${DATABASE_PREFIX}%`],
    );
    for (const { datname } of rows) {
      await knex.raw('drop database ?? with (force)', [datname]);
    }
  } finally {
    await knex.destroy();
  }
}

/** Replicas need a database that several processes can use. */
const withPostgres = connection ? describe : describe.skip;

withPostgres('two replicas, one of them killed again and again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'konstellation-replicas-'));
  const replicas: Replica[] = [];
  let cluster: SimulatedCluster;
  let server: ClusterServer;

  beforeAll(async () => {
    cluster = await SimulatedCluster.create();
    server = await ClusterServer.listen(cluster);
    const encryptionSecret = generateKey().key.toString('base64');
    for (const name of ['first', 'second']) {
      const replica = await Replica.create({
        name,
        directory,
        clusterUrl: server.url,
        connection: connection ?? '',
        databasePrefix: DATABASE_PREFIX,
        encryptionSecret,
      });
      await replica.start();
      replicas.push(replica);
    }
  });

  afterAll(async () => {
    for (const replica of replicas) await replica.kill();
    await server?.close();
    await cluster?.shutDown();
    await dropDatabases();
    rmSync(directory, { recursive: true, force: true });
  });

  it('carries out every command exactly once', async () => {
    const random = randomOf(seed);
    const drivers = Array.from(
      { length: RUNTIMES },
      (_, index) => new Driver(`runtime-${index + 1}`, replicas, random),
    );
    await Promise.all(drivers.map(driver => driver.create()));
    const end = Date.now() + seconds * 1_000;

    const kill = async () => {
      for (let turn = 0; Date.now() < end; turn += 1) {
        const wait = Math.min(KILL_EVERY_MILLIS, end - Date.now());
        await new Promise(resolve => setTimeout(resolve, wait));
        const replica = replicas[turn % replicas.length];
        await replica?.kill();
        await replica?.start();
      }
    };
    const drive = async (driver: Driver) => {
      while (Date.now() < end) await driver.act();
    };
    await Promise.all([kill(), ...drivers.map(drive)]);

    const counts = { accepted: 0, refused: 0, lost: 0, doubled: 0 };
    const published: string[] = [];
    for (const driver of drivers) {
      await settled(driver);
      const activities = await driver.activities();
      // What the product did by itself in the name of a command carries its comment, but not its type.
      const commanded = activities.filter(({ actor }) => actor !== 'system');
      const seen = countOf(commanded.map(({ comment }) => comment));
      counts.accepted += driver.accepted.length;
      counts.refused += driver.refused.length;
      for (const comment of driver.accepted) {
        const times = seen.get(comment) ?? 0;
        if (times === 0) counts.lost += 1;
        if (times > 1) counts.doubled += 1;
      }
      for (const comment of driver.refused) {
        if (seen.has(comment)) counts.doubled += 1;
      }
      const versions = await driver.versions();
      const open = versions.filter(({ status }) => status === 'PUBLISHED');
      published.push(`${driver.runtime}: ${open.length}`);
      expect(open.length).toBeLessThanOrEqual(1);
    }
    const kills = replicas.reduce((sum, replica) => sum + replica.kills, 0);
    const again = drivers.reduce((sum, driver) => sum + driver.again, 0);
    process.stdout.write(
      `replicas: seed ${seed}, ${seconds} s, ${kills} kills, ${
        counts.accepted
      } commands accepted, ${counts.refused} refused, ${again} sent again, ${
        counts.lost
      } lost, ${counts.doubled} doubled; published ${published.join(', ')}\n`,
    );
    expect(kills).toBeGreaterThan(0);
    expect(counts.accepted).toBeGreaterThan(0);
    expect(counts).toMatchObject({ lost: 0, doubled: 0 });
    await expectNoOrphans(drivers);
  });

  /** Waits until nothing goes on any more. */
  async function settled(driver: Driver): Promise<void> {
    const deadline = Date.now() + SETTLE_WITHIN_MILLIS;
    for (;;) {
      const versions = await driver.versions();
      if (versions.every(isSettled)) return;
      if (Date.now() > deadline) {
        const waiting = versions.filter(version => !isSettled(version));
        throw new Error(
          `it never settled: ${JSON.stringify(
            waiting.map(({ name, status, conditions }) => [
              name,
              status,
              conditions,
            ]),
          )}`,
        );
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }

  /** The cluster holds one release of each started version, and of no other. */
  async function expectNoOrphans(drivers: Driver[]): Promise<void> {
    const deadline = Date.now() + SETTLE_WITHIN_MILLIS;
    for (;;) {
      const wanted: string[] = [];
      for (const driver of drivers) {
        for (const { name, status } of await driver.versions()) {
          if (['STARTED', 'PUBLISHED'].includes(status)) {
            wanted.push(`kre-${driver.runtime}/${name}`);
          }
        }
      }
      const there = cluster
        .refs()
        .filter(
          ({ kind, name }) =>
            kind === 'ConfigMap' && !name.startsWith('published-'),
        )
        .map(
          ({ namespace, name }) =>
            `${namespace}/${name.replace(/^v-(.*)-[0-9a-f]+$/, '$1')}`,
        );
      const isSame =
        JSON.stringify(there.sort()) === JSON.stringify(wanted.sort());
      if (isSame) return;
      if (Date.now() > deadline) expect(there).toEqual(wanted);
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
});

/** @jest-environment node */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { mockServices, mockCredentials } from '@backstage/backend-test-utils';
import knexFactory from 'knex';
import { testKrt } from '../__testUtils__/startApi';
import { generateKey, ValueCipher } from '../configuration/ValueCipher';
import { ConfigurationStore } from '../database/ConfigurationStore';
import { Database } from '../database/Database';
import { PackageUse } from '../database/PackageUse';
import { RuntimeStore } from '../database/RuntimeStore';
import { UploadLockStore } from '../database/UploadLockStore';
import { UploadStore } from '../database/UploadStore';
import { VersionStore } from '../database/VersionStore';
import { CheckedUploads } from '../packages/CheckedUploads';
import { FileSystemPackageStore } from '../packages/FileSystemPackageStore';
import { UploadLocker } from '../packages/UploadLocker';
import { VersionUploads } from './VersionUploads';

const DAY = 24 * 60 * 60 * 1000;

describe('VersionUploads', () => {
  let folder: string;
  let now: number;
  let uploads: VersionUploads;
  let bytes: CheckedUploads;
  let knex: ReturnType<typeof knexFactory>;
  const caller = {
    credentials: mockCredentials.user(),
    actor: 'user:default/mock',
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'version-uploads-'));
    now = Date.UTC(2026, 0, 1);
    knex = knexFactory({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    const database = await Database.create({
      database: mockServices.database.mock({ getClient: async () => knex }),
      policy: {
        deadlines: { start: 1, stop: 1, unavailable: 1, configuration: 1 },
        keptPublications: 10,
      },
      now: () => new Date(now),
    });
    const configurations = new ConfigurationStore(
      database,
      new ValueCipher([generateKey()]),
    );
    const runtimes = new RuntimeStore(database);
    const packages = await FileSystemPackageStore.create(folder, {
      isShared: false,
    });
    bytes = new CheckedUploads(packages.uploads, {});
    uploads = new VersionUploads({
      versions: new VersionStore(database, configurations),
      packageUse: new PackageUse(database),
      uploads: new UploadStore(database),
      packages,
      bytes,
      locker: new UploadLocker(new UploadLockStore(database)),
      limits: {},
      maxRequestBytes: 1_000_000,
    });
    await runtimes.create(
      {
        id: 'prices',
        name: 'Prices',
        description: '',
        owner: caller.actor,
        labels: {},
        cluster: 'test',
        namespace: 'kre-prices',
        bound: false,
        settings: {},
        signal: 'x',
        revision: 0,
        deleting: false,
        createdBy: caller.actor,
        createdAt: new Date(now),
      },
      {
        actor: caller.actor,
        type: 'runtime.created',
        runtime: 'prices',
        comment: 'Prices',
      },
    );
  });
  afterEach(async () => {
    await knex.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = async (size: number) => {
    const { Upload } = await import('@tus/utils');
    const id = await uploads.begin({ runtime: 'prices' }, { size }, caller);
    await bytes.create(new Upload({ id, size, offset: 0 }));
    return id;
  };
  const left = () => readdirSync(join(folder, 'uploads'));

  it('removes what nobody has gone on with for a day, and nothing else', async () => {
    const krt = await testKrt('v1');
    const abandoned = await begin(krt.length);
    const going = await begin(krt.length);
    await bytes.write(Readable.from([krt.subarray(0, 100)]), abandoned, 0);
    now += DAY / 2;
    await uploads.touch(going);
    expect(await uploads.removeAbandoned(DAY)).toBe(0);
    now += DAY / 2 + 1;
    expect(await uploads.removeAbandoned(DAY)).toBe(1);
    await expect(uploads.find(abandoned, caller)).rejects.toThrow(
      'no such upload',
    );
    expect((await uploads.find(going, caller)).id).toBe(going);
    expect(left().some(name => name.startsWith(abandoned))).toBe(false);
    expect(left().some(name => name.startsWith(going))).toBe(true);
  });

  it('lets one user have so many under way', async () => {
    for (let count = 0; count < 16; count++) await begin(100);
    await expect(begin(100)).rejects.toThrow('16 uploads under way');
    const other = { ...caller, actor: 'user:default/other' };
    await expect(
      uploads.begin({ runtime: 'prices' }, { size: 100 }, other),
    ).resolves.toBeDefined();
  });

  it('takes a version of a name once, whoever is faster', async () => {
    const krt = await testKrt('v1');
    const place = { runtime: 'prices', mayConfigure: true };
    const made = await Promise.allSettled([
      uploads.inOneRequest(place, Readable.from([krt]), caller),
      uploads.inOneRequest(place, Readable.from([krt]), caller),
    ]);
    expect(made.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
    expect(readdirSync(join(folder, 'staging'))).toEqual([]);
  });
});

import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ConfigurationStore } from './database/ConfigurationStore';
import type { IdempotencyStore } from './database/IdempotencyStore';
import type { PackageUse } from './database/PackageUse';
import type { UploadLockStore } from './database/UploadLockStore';
import type { LogArchiver } from './logs/LogArchiver';
import type { PackageStore } from './packages/PackageStore';
import type { VersionUploads } from './services/VersionUploads';

/** A task of the scheduler: it may be cut off anywhere, and goes on the next time. */
export interface UpkeepTask {
  id: string;
  frequencyMinutes: number;
  run: () => Promise<void>;
}

/** How long a package that no version has stays, in milliseconds. */
const UNUSED_MILLIS = 24 * 60 * 60 * 1000;

/** What is removed or brought up to date now and then. */
export function createUpkeep(options: {
  uploads: VersionUploads;
  packages: PackageStore;
  packageUse: PackageUse;
  uploadLocks: UploadLockStore;
  idempotency: IdempotencyStore;
  configurations: ConfigurationStore;
  logs: LogArchiver;
  abandonedMillis: number;
  logger: LoggerService;
}): UpkeepTask[] {
  const { uploads, packages, packageUse, logger } = options;
  return [
    {
      id: 'konstellation-abandoned-uploads',
      frequencyMinutes: 30,
      async run() {
        const removed = await uploads.removeAbandoned(options.abandonedMillis);
        if (removed > 0) logger.info(`removed ${removed} abandoned uploads`);
      },
    },
    {
      id: 'konstellation-unused-packages',
      frequencyMinutes: 60,
      async run() {
        for await (const digests of packages.list()) {
          await packageUse.note(digests);
        }
        await packageUse.noteUse();
        const unused = await packageUse.takeUnused(UNUSED_MILLIS);
        for (const digest of unused) {
          await packages.remove(digest);
          await packageUse.removed(digest);
        }
        if (unused.length > 0) {
          logger.info(
            `removed ${unused.length} packages that no version had for a day`,
          );
        }
      },
    },
    {
      id: 'konstellation-old-logs',
      frequencyMinutes: 60,
      async run() {
        const removed = await options.logs.removeExpired();
        if (removed > 0) {
          logger.info(`removed the logs of ${removed} containers, out of date`);
        }
      },
    },
    {
      id: 'konstellation-idempotency-keys',
      frequencyMinutes: 60,
      async run() {
        await options.idempotency.removeOld();
        await options.uploadLocks.removeOld();
      },
    },
    {
      id: 'konstellation-encryption',
      frequencyMinutes: 60,
      async run() {
        const done = await options.configurations.reencrypt();
        if (done > 0) {
          logger.info(
            `encrypted ${done} configuration revisions with the current key; keys before it are not needed any more`,
          );
        }
      },
    },
  ];
}

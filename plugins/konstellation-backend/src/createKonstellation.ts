import type {
  DatabaseService,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import { DEFAULT_LIMITS } from '@konstellation/krt';
import { readEncryptionKeys } from './configuration/readEncryptionKeys';
import { ValueCipher } from './configuration/ValueCipher';
import { ActivityStore } from './database/ActivityStore';
import { ConfigurationCommands } from './database/ConfigurationCommands';
import { ConfigurationStore } from './database/ConfigurationStore';
import { Database } from './database/Database';
import { DatabaseReconciliationStore } from './database/DatabaseReconciliationStore';
import { outsideOfRequest } from './database/idempotency';
import { IdempotencyStore } from './database/IdempotencyStore';
import { LogArchiveStore } from './database/LogArchiveStore';
import { PackageUse } from './database/PackageUse';
import { PublicationStore } from './database/PublicationStore';
import { RuntimeStore } from './database/RuntimeStore';
import { SolutionStore } from './database/SolutionStore';
import { UploadLockStore } from './database/UploadLockStore';
import { UploadStore } from './database/UploadStore';
import { VersionStore } from './database/VersionStore';
import { LogArchiver } from './logs/LogArchiver';
import { readLogs } from './logs/readLogs';
import { packageToken } from './manifests/tokens';
import { CheckedUploads } from './packages/CheckedUploads';
import { FileSystemPackageStore } from './packages/FileSystemPackageStore';
import { PackageServer } from './packages/packageServer';
import { S3PackageStore } from './packages/S3PackageStore';
import { UploadLocker } from './packages/UploadLocker';
import { ServiceRoles } from './permissions/ServiceRoles';
import type { KonstellationConfig } from './readConfig';
import { checkNamespace, forbidsStart } from './reconciliation/checkNamespace';
import { DefaultReconciler } from './reconciliation/DefaultReconciler';
import { predict } from './reconciliation/predict';
import { quotaRoom } from './reconciliation/quotaRoom';
import { ReleaseContext } from './reconciliation/ReleaseContext';
import type { ClusterOperations } from './reconciliation/types';
import { Authorization } from './services/Authorization';
import { authorizedServices } from './services/authorizedServices';
import { DefaultActivityService } from './services/DefaultActivityService';
import { DefaultConfigurationService } from './services/DefaultConfigurationService';
import { DefaultRuntimeService } from './services/DefaultRuntimeService';
import { DefaultVersionService } from './services/DefaultVersionService';
import { createUpkeep } from './upkeep';
import { VersionUploads } from './services/VersionUploads';

/** Puts the parts of the product together. */
export async function createKonstellation(options: {
  config: KonstellationConfig;
  clusters: Array<{ name: string; client: ClusterClient }>;
  database: DatabaseService;
  permissions: PermissionsService;
  logger: LoggerService;
}) {
  const { config, clusters, logger } = options;
  const keys = await readEncryptionKeys({
    ...config.encryption,
    isProduction: process.env.NODE_ENV === 'production',
    logger,
  });
  const database = await Database.create({
    database: options.database,
    policy: config.policy,
  });
  const configurations = new ConfigurationStore(
    database,
    new ValueCipher(keys),
  );
  await configurations.checkKeys();
  const runtimes = new RuntimeStore(database);
  const versions = new VersionStore(database, configurations);
  const store = new DatabaseReconciliationStore(database, configurations);
  const packages = config.packages.s3
    ? await S3PackageStore.create(config.packages.s3)
    : await FileSystemPackageStore.create(config.packages.directory, {
        isShared: database.isShared,
      });
  const uploadLocks = new UploadLockStore(database);
  await uploadLocks.endLeases();
  const locker = new UploadLocker(uploadLocks);
  const bytes = new CheckedUploads(packages.uploads, config.limits, id =>
    locker.fence(id),
  );
  const packageUse = new PackageUse(database);
  const uploads = new VersionUploads({
    versions,
    packageUse,
    uploads: new UploadStore(database),
    packages,
    bytes,
    locker,
    limits: config.limits,
    maxRequestBytes: config.packages.maxRequestBytes,
  });
  const clusterOf = (name: string) => {
    const found = clusters.find(cluster => cluster.name === name);
    if (found) return found.client;
    throw new ServiceUnavailableError(
      `the cluster "${name}" is not configured in this portal`,
    );
  };

  const packageServer = await PackageServer.listen({
    ...config.packages,
    store: packages,
    logger,
    tokensOf: async digest => {
      const key = await store.signingKey();
      const started = await versions.startedWithPackage(digest);
      return started.map(start => packageToken(key, { ...start, digest }));
    },
  });
  const archives = new LogArchiveStore(database);
  const { retentionMillis, ...logLimits } = config.logs;
  const logs = new LogArchiver({
    archives,
    limits: logLimits,
    retentionMillis,
    logger,
  });
  const context = new ReleaseContext(
    store,
    clusterOf,
    {
      images: config.images,
      imageRules: config.imageRules,
      deadlines: config.policy.deadlines,
      drainMillis: config.drainMillis,
      packageUrl: digest => packageServer.url(digest),
      packageLimits: config.limits,
      python: config.python,
      gpu: config.gpu,
    },
    logs,
  );
  const reconciler = new DefaultReconciler({ context, clusters, logger });
  const wake = () => outsideOfRequest(() => reconciler.wake());
  const operations: ClusterOperations = {
    readLogs: (runtime, version, filter, signal) =>
      readLogs(
        { cluster: clusterOf(runtime.cluster), archives },
        runtime,
        version,
        filter,
        signal,
      ),
    predict: (runtime, version, rpc, body, signal) =>
      predict(context, runtime, version, rpc, body, signal),
    whyNotStarted: async runtime =>
      forbidsStart(await checkNamespace(context, runtime)),
    roomFor: (runtime, version) => quotaRoom(context, runtime, version),
  };
  const versionService = new DefaultVersionService({
    database,
    runtimes,
    versions,
    publications: new PublicationStore(database),
    packages,
    operations,
    uploads,
    wake,
  });
  const services = authorizedServices({
    authorization: new Authorization({
      permissions: options.permissions,
      runtimes,
      serviceRoles: new ServiceRoles(config.serviceRoles),
    }),
    runtimes: new DefaultRuntimeService({
      database,
      runtimes,
      solutions: new SolutionStore(database),
      versions: versionService,
      clusters: clusterOf,
      namespacePrefix: config.namespacePrefix,
      clusterNames: clusters.map(({ name }) => name),
      example: config.example,
      wake,
    }),
    versions: versionService,
    configurations: new DefaultConfigurationService({
      runtimes,
      versions,
      configurations,
      commands: new ConfigurationCommands(database, configurations),
      operations,
      wake,
    }),
    activities: new DefaultActivityService(new ActivityStore(database)),
    runtimeStore: runtimes,
    uploads,
  });
  const idempotency = new IdempotencyStore(database, await store.signingKey());
  await idempotency.endLeases();

  return {
    database,
    runtimes,
    services,
    idempotency,
    uploads: {
      bytes,
      maxBytes: config.limits.packedSize ?? DEFAULT_LIMITS.packedSize,
      locker,
    },
    /** Work that is done now and then, by one replica. */
    upkeep: createUpkeep({
      uploads,
      packages,
      packageUse,
      uploadLocks,
      idempotency,
      configurations,
      logs,
      abandonedMillis: config.packages.abandonedMillis,
      logger,
    }),
    start: () => reconciler.start(),
    /** The reconciler first: what it is doing needs the rest. */
    async stop() {
      await reconciler.stop();
      for (const { client } of clusters) {
        if (client.endsOnClose) await logs.beforeClose(client);
      }
      const closing = clusters.map(({ client }) => client.close());
      await logs.close();
      await packageServer.close();
      await Promise.all(closing);
    },
  };
}

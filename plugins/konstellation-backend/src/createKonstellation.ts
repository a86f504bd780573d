import type {
  DatabaseService,
  LoggerService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import { DEFAULT_LIMITS } from '@konstellation/krt';
import { ActivityStore } from './database/ActivityStore';
import { Database } from './database/Database';
import { DatabaseReconciliationStore } from './database/DatabaseReconciliationStore';
import { IdempotencyStore } from './database/IdempotencyStore';
import { PublicationStore } from './database/PublicationStore';
import { RuntimeStore } from './database/RuntimeStore';
import { UploadStore } from './database/UploadStore';
import { VersionStore } from './database/VersionStore';
import { readLogs } from './logs/readLogs';
import { packageToken } from './manifests/tokens';
import { CheckedUploads } from './packages/CheckedUploads';
import { FileSystemPackageStore } from './packages/FileSystemPackageStore';
import { PackageServer } from './packages/packageServer';
import { S3PackageStore } from './packages/S3PackageStore';
import { ServiceRoles } from './permissions/ServiceRoles';
import type { KonstellationConfig } from './readConfig';
import { DefaultReconciler } from './reconciliation/DefaultReconciler';
import { predict } from './reconciliation/predict';
import { ReleaseContext } from './reconciliation/ReleaseContext';
import { AuthorizedKonstellationService } from './services/AuthorizedKonstellationService';
import { DefaultKonstellationService } from './services/DefaultKonstellationService';
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
  const { deadlines } = config;
  const database = await Database.create({ database: options.database });
  const runtimes = new RuntimeStore(database);
  const versions = new VersionStore(database, deadlines);
  const store = new DatabaseReconciliationStore(database, deadlines);
  const packages = config.packages.s3
    ? await S3PackageStore.create(config.packages.s3)
    : await FileSystemPackageStore.create(config.packages.directory, {
        isShared: database.isShared,
      });
  const bytes = new CheckedUploads(packages.uploads, config.limits);
  const uploads = new VersionUploads({
    runtimes,
    versions,
    uploads: new UploadStore(database),
    packages,
    bytes,
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
  const context = new ReleaseContext(store, clusterOf, {
    images: config.images,
    imageRules: config.imageRules,
    startDeadlineMillis: deadlines.start,
    packageUrl: digest => packageServer.url(digest),
    packageLimits: config.limits,
  });
  const reconciler = new DefaultReconciler({ context, clusters, logger });
  const inner = new DefaultKonstellationService({
    database,
    runtimes,
    versions,
    publications: new PublicationStore(database, deadlines),
    activities: new ActivityStore(database),
    packages,
    clusters: clusterOf,
    operations: {
      readLogs: (runtime, version, filter, signal) =>
        readLogs(clusterOf(runtime.cluster), runtime, version, filter, signal),
      predict: (runtime, version, rpc, body, signal) =>
        predict(context, runtime, version, rpc, body, signal),
    },
    deadlines,
    uploads,
    namespacePrefix: config.namespacePrefix,
    clusterNames: clusters.map(({ name }) => name),
    example: config.example,
    wake: () => reconciler.wake(),
  });
  const service = new AuthorizedKonstellationService(inner, {
    permissions: options.permissions,
    runtimes,
    serviceRoles: new ServiceRoles(config.serviceRoles),
    uploads,
  });

  return {
    database,
    runtimes,
    service,
    idempotency: new IdempotencyStore(database),
    uploads: {
      bytes,
      maxBytes: config.limits.packedSize ?? DEFAULT_LIMITS.packedSize,
      async removeAbandoned() {
        const removed = await uploads.removeAbandoned(
          config.packages.abandonedMillis,
        );
        if (removed > 0) logger.info(`removed ${removed} abandoned uploads`);
      },
    },
    start: () => reconciler.start(),
    /** The reconciler first: what it is doing needs the rest. */
    async stop() {
      await reconciler.stop();
      await packageServer.close();
      await Promise.all(clusters.map(({ client }) => client.close()));
    },
  };
}

import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  Activity,
  CreateRuntimeRequest,
  LogLine,
  Page,
  PredictionResult,
  Publication,
  Runtime,
  UpdateRuntimeRequest,
  Version,
  VersionConfiguration,
  VersionDocs,
  VersionSchema,
  VersionStatusReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { KrtFile } from '@konstellation/krt';
import type { PageQuery } from '../database/paging';

/** Who asks. Every call carries it. */
export interface Caller {
  credentials: BackstageCredentials;
  /** As written into the activity log: an entity ref or `service:<subject>`. */
  actor: string;
}

/** A version by the names callers use. */
export interface VersionName {
  runtime: string;
  version: string;
}

/** What a caller makes a version of. */
export type NewPackage =
  | { bytes: AsyncIterable<Uint8Array> }
  | { upload: string }
  | { packageDigest: string };

export interface LogQuery {
  workflow?: string;
  node?: string;
  level?: LogLine['level'];
  /** ISO 8601. */
  since?: string;
  follow?: boolean;
}

/**
 * Everything callers can do. Implemented once plainly and once more around it with permissions.
 */
export interface KonstellationService {
  listRuntimes(
    query: PageQuery & { search?: string; owner?: string; status?: string },
    caller: Caller,
  ): Promise<Page<Runtime>>;
  getRuntime(id: string, caller: Caller): Promise<Runtime>;
  createRuntime(
    request: CreateRuntimeRequest,
    caller: Caller,
  ): Promise<Runtime>;
  updateRuntime(
    id: string,
    request: UpdateRuntimeRequest,
    caller: Caller,
  ): Promise<Runtime>;
  deleteRuntime(id: string, comment: string, caller: Caller): Promise<void>;

  listVersions(
    runtime: string,
    query: PageQuery & { solution?: string; status?: string },
    caller: Caller,
  ): Promise<Page<Version>>;
  getVersion(name: VersionName, caller: Caller): Promise<Version>;
  /** @param options.mayConfigure - whether inherited values take effect at once */
  uploadVersion(
    runtime: string,
    source: NewPackage,
    options: { solution?: string; mayConfigure: boolean },
    caller: Caller,
  ): Promise<Version>;
  /** Begins an upload in parts. @returns its id */
  beginUpload(
    runtime: string,
    announced: { solution?: string; size: number; digest?: string },
    caller: Caller,
  ): Promise<string>;
  /** Something is about to be sent or asked. @throws NotFoundError also for the upload of somebody else */
  findUpload(id: string, caller: Caller): Promise<void>;
  cancelUpload(id: string, caller: Caller): Promise<void>;
  deleteVersion(
    name: VersionName,
    comment: string,
    caller: Caller,
  ): Promise<void>;

  getConfiguration(
    name: VersionName,
    options: { showValues: boolean },
    caller: Caller,
  ): Promise<VersionConfiguration>;
  updateConfiguration(
    name: VersionName,
    request: {
      values: Record<string, string>;
      comment: string;
      confirm: string[];
    },
    caller: Caller,
  ): Promise<VersionConfiguration>;

  start(name: VersionName, comment: string, caller: Caller): Promise<Version>;
  stop(name: VersionName, comment: string, caller: Caller): Promise<Version>;
  publish(name: VersionName, comment: string, caller: Caller): Promise<Version>;
  unpublish(
    name: VersionName,
    comment: string,
    caller: Caller,
  ): Promise<Version>;
  rollback(
    runtime: string,
    request: { solution?: string; publication?: string; comment: string },
    caller: Caller,
  ): Promise<Version>;

  getStatus(name: VersionName, caller: Caller): Promise<VersionStatusReport>;
  readLogs(
    name: VersionName,
    query: LogQuery,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<AsyncIterable<LogLine>>;
  getDocs(name: VersionName, caller: Caller): Promise<VersionDocs>;
  getDocsFile(
    name: VersionName,
    path: string,
    caller: Caller,
  ): Promise<{ mediaType: string; content: Buffer }>;
  getFiles(name: VersionName, caller: Caller): Promise<KrtFile[]>;
  getSchema(name: VersionName, caller: Caller): Promise<VersionSchema>;
  predict(
    name: VersionName,
    rpc: string,
    body: unknown,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<PredictionResult>;

  listPublications(
    runtime: string,
    query: PageQuery & { solution?: string },
    caller: Caller,
  ): Promise<Page<Publication>>;
  listActivities(
    query: PageQuery & {
      runtime?: string;
      version?: string;
      actor?: string;
      type?: string;
    },
    caller: Caller,
  ): Promise<Page<Activity>>;

  getExample(caller: Caller): Promise<{
    available: boolean;
    runtime?: string;
    name?: string;
  }>;
  createExample(
    caller: Caller,
  ): Promise<{ runtime: Runtime; version: Version }>;
}

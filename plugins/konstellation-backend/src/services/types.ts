import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  Activity,
  ActivityFilter,
  ClusterChoice,
  ConfigurationPreview,
  ConfigurationRevision,
  CreateRuntimeRequest,
  CreateSolutionRequest,
  LogLine,
  Page,
  PredictionResult,
  Publication,
  Runtime,
  Solution,
  UpdateConfigurationRequest,
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
  /** Writes down an attempt that was refused, where nothing else does. */
  denied?: (attempt: { permission: string; runtime?: string }) => Promise<void>;
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

export interface RuntimeQuery extends PageQuery {
  search?: string;
  owner?: string;
  status?: string;
}

export interface VersionQuery extends PageQuery {
  solution?: string;
  status?: string;
}

/** A package to try the product with. */
export interface ExampleAnswer {
  available: boolean;
  runtime?: string;
  name?: string;
}

/** What services that read links are shown of a runtime. */
export type RuntimeLinks = Pick<Runtime, 'id' | 'name' | 'owner' | 'solutions'>;

/** What they are shown of a version. */
export type VersionLinks = Pick<
  Version,
  'uid' | 'name' | 'runtime' | 'solution' | 'status'
>;

/** Runtimes and their solutions. */
export interface RuntimeService {
  list(
    query: RuntimeQuery,
    caller: Caller,
  ): Promise<Page<Runtime | RuntimeLinks>>;
  get(id: string, caller: Caller): Promise<Runtime | RuntimeLinks>;
  create(request: CreateRuntimeRequest, caller: Caller): Promise<Runtime>;
  /** Where the caller may create runtimes; the default comes first. */
  listClusters(caller: Caller): Promise<{ items: ClusterChoice[] }>;
  update(
    id: string,
    request: UpdateRuntimeRequest,
    caller: Caller,
  ): Promise<Runtime>;
  delete(id: string, comment: string, caller: Caller): Promise<void>;

  listSolutions(
    runtime: string,
    caller: Caller,
  ): Promise<{ items: Solution[] }>;
  createSolution(
    runtime: string,
    request: CreateSolutionRequest,
    caller: Caller,
  ): Promise<Solution>;
  deleteSolution(
    runtime: string,
    solution: string,
    comment: string,
    caller: Caller,
  ): Promise<void>;

  getExample(caller: Caller): Promise<ExampleAnswer>;
  createExample(
    caller: Caller,
  ): Promise<{ runtime: Runtime; version: Version }>;
}

/** Versions and what is in their packages, and the commands that change what is wanted of them. */
export interface VersionService {
  list(
    runtime: string,
    query: VersionQuery,
    caller: Caller,
  ): Promise<Page<Version | VersionLinks>>;
  get(name: VersionName, caller: Caller): Promise<Version | VersionLinks>;
  upload(
    runtime: string,
    source: NewPackage,
    options: { solution?: string },
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
  delete(name: VersionName, comment: string, caller: Caller): Promise<void>;

  start(
    name: VersionName,
    request: { comment: string; publishWhenReady?: boolean },
    caller: Caller,
  ): Promise<Version>;
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
  listPublications(
    runtime: string,
    query: PageQuery & { solution?: string },
    caller: Caller,
  ): Promise<Page<Publication>>;

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
}

/** Configuration of versions. */
export interface ConfigurationService {
  get(name: VersionName, caller: Caller): Promise<VersionConfiguration>;
  /** All values as the text of an `.env` file. */
  exportEnv(name: VersionName, caller: Caller): Promise<string>;
  preview(
    name: VersionName,
    request: Omit<UpdateConfigurationRequest, 'comment'>,
    caller: Caller,
  ): Promise<ConfigurationPreview>;
  update(
    name: VersionName,
    request: UpdateConfigurationRequest,
    caller: Caller,
  ): Promise<VersionConfiguration>;
  listRevisions(
    name: VersionName,
    query: PageQuery,
    caller: Caller,
  ): Promise<Page<ConfigurationRevision>>;
}

/** The activity log. */
export interface ActivityService {
  list(
    query: PageQuery & ActivityFilter,
    caller: Caller,
  ): Promise<Page<Activity>>;
  /** All that the filter lets through, newest first. */
  export(
    query: ActivityFilter,
    caller: Caller,
  ): Promise<AsyncIterable<Activity>>;
}

/** Everything callers can do. Implemented once plainly and once more around it with permissions. */
export interface KonstellationServices {
  runtimes: RuntimeService;
  versions: VersionService;
  configurations: ConfigurationService;
  activities: ActivityService;
}

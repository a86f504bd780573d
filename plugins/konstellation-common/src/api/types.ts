import type {
  Activity,
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
} from '../types';
import type { UploadMemory } from './sendInParts';

/** @public */
export interface PageOptions {
  /** 1–200, 50 by default. */
  limit?: number;
  cursor?: string;
}

/** Which activities; all of them narrow. @public */
export interface ActivityFilter {
  runtime?: string;
  version?: string;
  actor?: string;
  type?: string;
  /** Not before; ISO 8601. */
  since?: string;
  /** Before; ISO 8601. */
  until?: string;
}

/** @public */
export interface VersionRef {
  runtime: string;
  version: string;
}

/** @public */
export interface RequestOptions {
  signal?: AbortSignal;
}

/** @public */
export interface UploadVersionOptions extends RequestOptions {
  /** The first one of the runtime by default. */
  solution?: string;
  /** `sha256:<hex>` of the package. With it, a package that is there is not sent, and what arrives is checked. */
  digest?: string;
  /** Bytes sent so far and in all. */
  onProgress?: (progress: { sent: number; total: number }) => void;
  /** Where unfinished uploads are remembered; the browser's own storage by default. */
  memory?: UploadMemory;
}

/**
 * The HTTP API under `/api/konstellation`, typed. Errors are `ResponseError`s of @backstage/errors; those of a refused
 * package are {@link KrtRefusedError}.
 * @public
 */
export interface KonstellationApi {
  listRuntimes(
    query?: PageOptions & { search?: string; owner?: string; status?: string },
    options?: RequestOptions,
  ): Promise<Page<Runtime>>;
  getRuntime(runtime: string, options?: RequestOptions): Promise<Runtime>;
  createRuntime(request: CreateRuntimeRequest): Promise<Runtime>;
  /** Where the caller may create runtimes; the default comes first. */
  listClusters(options?: RequestOptions): Promise<{ items: ClusterChoice[] }>;
  /** Whether this portal brings an example package to try. */
  getExample(
    options?: RequestOptions,
  ): Promise<{ available: boolean; runtime?: string; name?: string }>;
  /** Creates the runtime of the example, or answers the one that is there, with the example's package uploaded. */
  createExample(): Promise<{ runtime: Runtime; version: Version }>;
  updateRuntime(
    runtime: string,
    request: UpdateRuntimeRequest,
  ): Promise<Runtime>;
  deleteRuntime(runtime: string, comment: string): Promise<void>;

  /** The first one of the runtime first. */
  listSolutions(
    runtime: string,
    options?: RequestOptions,
  ): Promise<{ items: Solution[] }>;
  createSolution(
    runtime: string,
    request: CreateSolutionRequest,
  ): Promise<Solution>;
  deleteSolution(
    runtime: string,
    solution: string,
    comment: string,
  ): Promise<void>;

  listVersions(
    runtime: string,
    query?: PageOptions & { solution?: string; status?: string },
    options?: RequestOptions,
  ): Promise<Page<Version>>;
  getVersion(ref: VersionRef, options?: RequestOptions): Promise<Version>;
  /** In one request, or in parts that go on where an earlier attempt ended. */
  uploadVersion(
    runtime: string,
    krt: Blob,
    options?: UploadVersionOptions,
  ): Promise<Version>;
  deleteVersion(ref: VersionRef, comment: string): Promise<void>;

  getConfiguration(
    ref: VersionRef,
    options?: RequestOptions,
  ): Promise<VersionConfiguration>;
  updateConfiguration(
    ref: VersionRef,
    request: UpdateConfigurationRequest,
  ): Promise<VersionConfiguration>;
  /** What the change would do; nothing is done. */
  previewConfiguration(
    ref: VersionRef,
    request: Omit<UpdateConfigurationRequest, 'comment'>,
    options?: RequestOptions,
  ): Promise<ConfigurationPreview>;
  /** Newest first. */
  listConfigurationRevisions(
    ref: VersionRef,
    query?: PageOptions,
    options?: RequestOptions,
  ): Promise<Page<ConfigurationRevision>>;
  /** All values as the text of an `.env` file, for those who may read values. */
  exportConfiguration(
    ref: VersionRef,
    options?: RequestOptions,
  ): Promise<string>;

  startVersion(
    ref: VersionRef,
    comment: string,
    options?: { publishWhenReady?: boolean },
  ): Promise<Version>;
  stopVersion(ref: VersionRef, comment: string): Promise<Version>;
  publishVersion(ref: VersionRef, comment: string): Promise<Version>;
  unpublishVersion(ref: VersionRef, comment: string): Promise<Version>;
  rollback(
    runtime: string,
    request: { solution?: string; publication?: string; comment: string },
  ): Promise<Version>;

  getStatus(
    ref: VersionRef,
    options?: RequestOptions,
  ): Promise<VersionStatusReport>;
  /** Lines as they come; ends when the signal is aborted or, without `follow`, at the end. */
  readLogs(
    ref: VersionRef,
    query?: {
      workflow?: string;
      node?: string;
      level?: LogLine['level'];
      since?: string;
      follow?: boolean;
    },
    options?: RequestOptions,
  ): AsyncIterable<LogLine>;
  getDocs(ref: VersionRef, options?: RequestOptions): Promise<VersionDocs>;
  /** One file of the documentation, as stored in the package. */
  getDocsFile(
    ref: VersionRef,
    path: string,
    options?: RequestOptions,
  ): Promise<Blob>;
  getSchema(ref: VersionRef, options?: RequestOptions): Promise<VersionSchema>;
  predict(
    ref: VersionRef,
    rpc: string,
    body: unknown,
    options?: RequestOptions,
  ): Promise<PredictionResult>;

  listPublications(
    runtime: string,
    query?: PageOptions & { solution?: string },
    options?: RequestOptions,
  ): Promise<Page<Publication>>;
  listActivities(
    query?: PageOptions & ActivityFilter,
    options?: RequestOptions,
  ): Promise<Page<Activity>>;
  /** The whole log of the filter as a file, newest first. */
  exportActivities(
    query: ActivityFilter & { format: 'csv' | 'ndjson' },
    options?: RequestOptions,
  ): Promise<Blob>;
}

import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Activity,
  CreateRuntimeRequest,
  KonstellationApi,
  LogLine,
  Page,
  PredictionResult,
  Publication,
  Runtime,
  UpdateRuntimeRequest,
  Version,
  VersionConfiguration,
  VersionDocs,
  VersionRef,
  VersionSchema,
  VersionStatus,
  VersionStatusReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import {
  makeCommands,
  makeNode,
  makeReport,
  makeRuntime,
  makeVersion,
  THEN,
} from './fixtures';

/** An API that keeps what it is told in memory, for tests and the development app of the pages. */
export class FakeKonstellationApi implements KonstellationApi {
  runtimes: Runtime[] = [];
  versions: Version[] = [];
  publications: Publication[] = [];
  activities: Activity[] = [];
  logLines: LogLine[] = [];
  docs: VersionDocs = { files: [] };
  docsFiles = new Map<string, Blob>();
  example = false;
  /** Status reports by version name. */
  reports = new Map<string, VersionStatusReport>();
  configuration: VersionConfiguration = {
    revision: 1,
    completed: false,
    entries: [{ key: 'OUTPUT_PRICE_CURRENCY', type: 'variable', isSet: false }],
  };
  schema: VersionSchema = {
    proto: 'syntax = "proto3";',
    rpcs: [
      {
        workflow: 'room-price',
        service: 'entrypoint.Entrypoint',
        rpc: 'Estimate',
        requestType: 'entrypoint.EstimateRequest',
        responseType: 'entrypoint.EstimateReply',
        requestSchema: {
          type: 'object',
          properties: {
            lotSize: { type: 'number' },
            bedrooms: { type: 'integer' },
          },
        },
        example: { lotSize: 5850, bedrooms: 3 },
      },
    ],
  };
  prediction: PredictionResult = {
    status: 200,
    body: { price: 42000, currency: 'CAD' },
    millis: 12,
  };
  /** Every command that was sent, as `verb version: comment`. */
  readonly sent: string[] = [];

  async listRuntimes(
    query: { search?: string; status?: string } = {},
  ): Promise<Page<Runtime>> {
    return {
      items: this.runtimes.filter(
        each =>
          (!query.search || each.name.includes(query.search)) &&
          (!query.status || each.status === query.status),
      ),
    };
  }

  async getRuntime(runtime: string): Promise<Runtime> {
    return this.found(
      this.runtimes.find(each => each.id === runtime),
      runtime,
    );
  }

  async createRuntime(request: CreateRuntimeRequest): Promise<Runtime> {
    if (this.runtimes.some(each => each.id === request.id)) {
      throw new ConflictError(`Runtime ${request.id} exists`);
    }
    const runtime = makeRuntime({
      id: request.id,
      name: request.name,
      description: request.description,
      status: 'EMPTY',
    });
    this.runtimes.push(runtime);
    return runtime;
  }

  async getExample() {
    return { available: this.example };
  }

  async createExample() {
    const runtime = makeRuntime();
    const version = makeVersion();
    this.runtimes.push(runtime);
    this.versions.push(version);
    return { runtime, version };
  }

  async updateRuntime(
    id: string,
    request: UpdateRuntimeRequest,
  ): Promise<Runtime> {
    const changed = { ...(await this.getRuntime(id)), ...request };
    this.runtimes = this.runtimes.map(each =>
      each.id === id ? changed : each,
    );
    return changed;
  }

  async deleteRuntime(runtime: string, comment: string): Promise<void> {
    this.sent.push(`delete ${runtime}: ${comment}`);
    this.runtimes = this.runtimes.filter(each => each.id !== runtime);
  }

  async listVersions(runtime: string): Promise<Page<Version>> {
    return { items: this.versions.filter(each => each.runtime === runtime) };
  }

  async getVersion({ version }: VersionRef): Promise<Version> {
    return this.found(
      this.versions.find(each => each.name === version),
      version,
    );
  }

  async uploadVersion(
    runtime: string,
    krt: Blob,
    options: {
      onProgress?: (progress: { sent: number; total: number }) => void;
    } = {},
  ): Promise<Version> {
    options.onProgress?.({ sent: krt.size, total: krt.size });
    const version = makeVersion({ runtime, name: 'uploaded-v1' });
    this.versions.unshift(version);
    return version;
  }

  async deleteVersion(ref: VersionRef, comment: string): Promise<void> {
    this.sent.push(`delete ${ref.version}: ${comment}`);
    this.versions = this.versions.filter(each => each.name !== ref.version);
  }

  async getConfiguration(): Promise<VersionConfiguration> {
    return this.configuration;
  }

  async updateConfiguration(
    ref: VersionRef,
    request: { values: Record<string, string>; comment: string },
  ): Promise<VersionConfiguration> {
    this.sent.push(`configure ${ref.version}: ${request.comment}`);
    const entries = this.configuration.entries.map(entry =>
      entry.key in request.values
        ? {
            ...entry,
            value: request.values[entry.key],
            isSet: request.values[entry.key] !== '',
          }
        : entry,
    );
    const missing = entries.filter(each => !each.isSet).map(each => each.key);
    this.configuration = {
      revision: this.configuration.revision + 1,
      completed: missing.length === 0,
      entries,
    };
    this.change(ref.version, version => ({
      configuration: {
        completed: missing.length === 0,
        missing,
        unconfirmed: [],
        revision: this.configuration.revision,
      },
      commands: makeCommands(version.status, missing),
    }));
    return this.configuration;
  }

  startVersion = this.command('start', 'STARTED');
  stopVersion = this.command('stop', 'STOPPED');
  publishVersion = this.command('publish', 'PUBLISHED');
  unpublishVersion = this.command('unpublish', 'STARTED');

  async rollback(
    _runtime: string,
    request: { publication?: string; comment: string },
  ): Promise<Version> {
    this.sent.push(`rollback ${request.publication}: ${request.comment}`);
    return this.versions[0];
  }

  async getStatus({ version }: VersionRef): Promise<VersionStatusReport> {
    return (
      this.reports.get(version) ??
      makeReport(
        ['entrypoint', 'etl', 'model', 'output'].map(name =>
          makeNode(name, 'READY'),
        ),
      )
    );
  }

  async *readLogs(
    _ref: VersionRef,
    query: { node?: string; since?: string } = {},
  ): AsyncIterable<LogLine> {
    yield* this.logLines.filter(
      each =>
        (!query.node || each.node === query.node) &&
        (!query.since || each.at >= query.since),
    );
  }

  async getDocs(): Promise<VersionDocs> {
    return this.docs;
  }

  async getDocsFile(_ref: VersionRef, path: string): Promise<Blob> {
    return this.found(this.docsFiles.get(path), path);
  }

  async getSchema(): Promise<VersionSchema> {
    return this.schema;
  }

  async predict(): Promise<PredictionResult> {
    return this.prediction;
  }

  async listPublications(): Promise<Page<Publication>> {
    return { items: this.publications };
  }

  async listActivities(): Promise<Page<Activity>> {
    return { items: this.activities };
  }

  private command(verb: string, status: VersionStatus) {
    return async (ref: VersionRef, comment: string): Promise<Version> => {
      this.sent.push(`${verb} ${ref.version}: ${comment}`);
      return this.change(ref.version, () => ({
        status,
        statusSince: THEN,
        commands: makeCommands(status, []),
      }));
    };
  }

  private change(
    name: string,
    change: (version: Version) => Partial<Version>,
  ): Version {
    const version = this.found(
      this.versions.find(each => each.name === name),
      name,
    );
    const changed = { ...version, ...change(version) };
    this.versions = this.versions.map(each =>
      each.name === name ? changed : each,
    );
    return changed;
  }

  private found<T>(value: T | undefined, what: string): T {
    if (value === undefined) {
      throw new NotFoundError(`${what} not found`);
    }
    return value;
  }
}

import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  Activity,
  ActivityFilter,
  ClusterChoice,
  ConfigurationPreview,
  ConfigurationRevision,
  CreateRuntimeRequest,
  CreateSolutionRequest,
  KonstellationApi,
  LogLine,
  Page,
  PageOptions,
  PredictionResult,
  Publication,
  Runtime,
  Solution,
  UpdateConfigurationRequest,
  UpdateRuntimeRequest,
  Version,
  VersionCommand,
  VersionConfiguration,
  VersionDocs,
  VersionRef,
  VersionSchema,
  VersionStatusReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import { makeCommands } from './commands';
import { FakeConfiguration } from './FakeConfiguration';
import {
  makeCondition,
  makeNode,
  makePublication,
  makeReport,
  makeRuntime,
  makeSolution,
  makeVersion,
  THEN,
} from './fixtures';
import { filterActivities, pageOf } from './paging';

/**
 * An API that keeps what it is told in memory, for tests and the development app of the pages. What takes time in a cluster
 * waits for {@link FakeKonstellationApi.finish}.
 */
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
  /** By version name; made from the manifest where there is none. */
  configurations = new Map<string, FakeConfiguration>();
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
  clusters: ClusterChoice[] = [{ name: 'embedded' }];
  /** Every change of a configuration that was sent. */
  readonly changes: UpdateConfigurationRequest[] = [];
  /** When set, what takes time finishes by itself after so long. */
  settleMillis?: number;

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
      cluster: request.cluster ?? this.clusters[0]?.name,
      namespace: request.namespace ?? `kre-${request.id}`,
      status: 'EMPTY',
    });
    this.runtimes.push(runtime);
    return runtime;
  }

  async listClusters() {
    return { items: this.clusters };
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
    return this.changeRuntime(id, () => request);
  }

  async deleteRuntime(runtime: string, comment: string): Promise<void> {
    this.refuseRunning(each => each.runtime === runtime, 'runtime');
    this.sent.push(`delete ${runtime}: ${comment}`);
    this.changeRuntime(runtime, () => ({ status: 'DELETING' }));
    this.settle(runtime);
  }

  async listSolutions(runtime: string): Promise<{ items: Solution[] }> {
    return { items: (await this.getRuntime(runtime)).solutions };
  }

  async createSolution(
    runtime: string,
    request: CreateSolutionRequest,
  ): Promise<Solution> {
    const { solutions } = await this.getRuntime(runtime);
    if (solutions.some(each => each.id === request.id)) {
      throw new ConflictError(
        `the runtime "${runtime}" has already a solution with the id "${request.id}"`,
      );
    }
    const solution = makeSolution(runtime, request);
    this.changeRuntime(runtime, () => ({
      solutions: [...solutions, solution],
    }));
    return solution;
  }

  async deleteSolution(
    runtime: string,
    solution: string,
    comment: string,
  ): Promise<void> {
    this.refuseRunning(each => each.solution === solution, 'solution');
    this.sent.push(`delete ${solution}: ${comment}`);
    this.changeSolution(runtime, solution, { deleting: true });
    this.settle(solution);
  }

  async listVersions(
    runtime: string,
    query: PageOptions & { solution?: string } = {},
  ): Promise<Page<Version>> {
    const { solution } = query;
    return pageOf(
      this.versions.filter(
        each =>
          each.runtime === runtime && (!solution || each.solution === solution),
      ),
      query,
    );
  }

  async getVersion({ version }: VersionRef): Promise<Version> {
    return this.version(version);
  }

  async uploadVersion(
    runtime: string,
    krt: Blob,
    options: {
      solution?: string;
      onProgress?: (progress: { sent: number; total: number }) => void;
    } = {},
  ): Promise<Version> {
    options.onProgress?.({ sent: krt.size, total: krt.size });
    const version = makeVersion({
      runtime,
      solution: options.solution ?? runtime,
      name: 'uploaded-v1',
    });
    this.versions.unshift(version);
    return version;
  }

  async deleteVersion(ref: VersionRef, comment: string): Promise<void> {
    this.command('delete', ref, comment, { deleting: true });
  }

  async getConfiguration(ref: VersionRef): Promise<VersionConfiguration> {
    return this.configurationOf(ref.version).read();
  }

  async updateConfiguration(
    { version: name }: VersionRef,
    request: UpdateConfigurationRequest,
  ): Promise<VersionConfiguration> {
    this.refuse(name, 'configure');
    const configuration = this.configurationOf(name);
    const version = this.version(name);
    const { effect } = configuration.preview(version, request);
    const changes = configuration.update(version, request);
    this.sent.push(`configure ${name}: ${request.comment}`);
    this.changes.push(request);
    const makesRelease = effect === 'beside' || effect === 'publication';
    const { revision, missing, unconfirmed } = configuration;
    const applying = makesRelease && changes.length > 0;
    this.change(name, {
      configuration: {
        ...version.configuration,
        completed: missing.length + unconfirmed.length === 0,
        missing,
        unconfirmed,
        revision,
        applyingRevision: applying ? revision : undefined,
      },
      conditions: applying
        ? [
            makeCondition('ConfigurationApplied', 'InProgress', {
              message: `Revision ${revision} is made ready beside revision ${version.configuration.runningRevision}: waiting for model.`,
            }),
          ]
        : version.conditions,
    });
    this.settle(name);
    return configuration.read();
  }

  async previewConfiguration(
    ref: VersionRef,
    request: Omit<UpdateConfigurationRequest, 'comment'>,
  ): Promise<ConfigurationPreview> {
    this.refuse(ref.version, 'configure');
    return this.configurationOf(ref.version).preview(
      this.version(ref.version),
      request,
    );
  }

  async listConfigurationRevisions(
    ref: VersionRef,
    query?: PageOptions,
  ): Promise<Page<ConfigurationRevision>> {
    return pageOf(this.configurationOf(ref.version).revisions, query);
  }

  async exportConfiguration(ref: VersionRef): Promise<string> {
    return this.configurationOf(ref.version).env();
  }

  async startVersion(
    ref: VersionRef,
    comment: string,
    { publishWhenReady }: { publishWhenReady?: boolean } = {},
  ): Promise<Version> {
    return this.command('start', ref, comment, {
      status: 'STARTING',
      publishWhenReady,
    });
  }

  async stopVersion(ref: VersionRef, comment: string): Promise<Version> {
    return this.command('stop', ref, comment, {
      status: 'STOPPING',
      publishWhenReady: undefined,
    });
  }

  async publishVersion(ref: VersionRef, comment: string): Promise<Version> {
    this.refuse(ref.version, 'publish');
    this.sent.push(`publish ${ref.version}: ${comment}`);
    return this.publish(ref.version, comment);
  }

  async unpublishVersion(ref: VersionRef, comment: string): Promise<Version> {
    const version = this.command('unpublish', ref, comment, {
      status: 'STARTED',
    });
    this.changeSolution(version.runtime, version.solution, {
      publishedVersion: undefined,
    });
    return version;
  }

  async rollback(
    _runtime: string,
    request: { publication?: string; comment: string },
  ): Promise<Version> {
    const target = this.found(
      this.publications.find(each => each.id === request.publication),
      'publication',
    );
    if (target.packageDeleted) {
      throw new ConflictError('its package was deleted');
    }
    this.sent.push(`rollback ${request.publication}: ${request.comment}`);
    const version = this.version(target.version);
    return version.status === 'STARTED'
      ? this.publish(version.name, request.comment)
      : this.change(version.name, {
          status: 'STARTING',
          publishWhenReady: true,
        });
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

  async listPublications(
    runtime: string,
    query: PageOptions & { solution?: string } = {},
  ): Promise<Page<Publication>> {
    const { solution } = query;
    return pageOf(
      this.publications.filter(
        each =>
          each.runtime === runtime && (!solution || each.solution === solution),
      ),
      query,
    );
  }

  async listActivities(
    query: PageOptions & ActivityFilter = {},
  ): Promise<Page<Activity>> {
    return pageOf(filterActivities(this.activities, query), query);
  }

  async exportActivities(
    query: ActivityFilter & { format: 'csv' | 'ndjson' },
  ): Promise<Blob> {
    const lines = filterActivities(this.activities, query).map(each =>
      query.format === 'csv'
        ? [each.at, each.actor, each.type, each.comment].join(',')
        : JSON.stringify(each),
    );
    return new Blob([`${lines.join('\n')}\n`]);
  }

  /** What is under way with a version, a solution or a runtime comes to its end. */
  finish(name: string): void {
    const version = this.versions.find(each => each.name === name);
    if (!version) {
      this.finishDeletion(name);
    } else if (version.deleting) {
      this.versions = this.versions.filter(each => each !== version);
      this.publications = this.publications.map(each =>
        each.versionUid === version.uid
          ? { ...each, packageDeleted: true }
          : each,
      );
    } else if (version.status === 'STARTING') {
      const { revision } = version.configuration;
      this.configurationOf(name).run(revision);
      this.change(name, {
        status: 'STARTED',
        configuration: { ...version.configuration, runningRevision: revision },
      });
      if (version.publishWhenReady) {
        this.publish(name, 'As soon as it was ready.');
      }
    } else if (version.status === 'STOPPING') {
      this.change(name, { status: 'STOPPED' });
    } else if (version.configuration.applyingRevision !== undefined) {
      const runningRevision = version.configuration.applyingRevision;
      this.configurationOf(name).run(runningRevision);
      this.change(name, {
        conditions: [],
        configuration: {
          ...version.configuration,
          runningRevision,
          applyingRevision: undefined,
        },
      });
    }
  }

  /** The configuration of a version, to read or prepare. */
  configurationOf(name: string): FakeConfiguration {
    const known = this.configurations.get(name);
    if (known) {
      return known;
    }
    const { configuration, manifest } = this.version(name);
    const { variables = [], files = [] } = manifest.config ?? {};
    const entry = (type: 'variable' | 'file') => (key: string) => {
      const isSet = !configuration.missing.includes(key);
      return { key, type, isSet, value: isSet ? 'CAD' : undefined };
    };
    const made = new FakeConfiguration([
      ...variables.map(entry('variable')),
      ...files.map(entry('file')),
    ]);
    made.revisions = [
      {
        revision: configuration.revision,
        createdBy: 'user:default/ana',
        createdAt: THEN,
        comment: 'Taken over at the upload.',
        changes: [],
        current: true,
        running: configuration.runningRevision === configuration.revision,
      },
    ];
    this.configurations.set(name, made);
    return made;
  }

  private finishDeletion(name: string) {
    this.runtimes = this.runtimes
      .filter(each => each.id !== name)
      .map(each => ({
        ...each,
        solutions: each.solutions.filter(
          solution => solution.id !== name || !solution.deleting,
        ),
      }));
  }

  private settle(name: string) {
    if (this.settleMillis !== undefined) {
      setTimeout(() => this.finish(name), this.settleMillis);
    }
  }

  private refuse(name: string, verb: VersionCommand) {
    const { allowed, reason } = this.version(name).commands[verb];
    if (!allowed) {
      throw new ConflictError(reason);
    }
  }

  private refuseRunning(isIn: (version: Version) => boolean, what: string) {
    const running = this.versions.filter(
      each => isIn(each) && /^(START|PUBLISHED)/.test(each.status),
    );
    if (running.length > 0) {
      const names = running.map(each => `${each.name} (${each.status})`);
      throw new ConflictError(
        `the ${what} has versions that must be stopped first: ${names.join(
          ', ',
        )}`,
      );
    }
  }

  private command(
    verb: VersionCommand,
    { version: name }: VersionRef,
    comment: string,
    change: Partial<Version>,
  ): Version {
    this.refuse(name, verb);
    this.sent.push(`${verb} ${name}: ${comment}`);
    const changed = this.change(name, change);
    this.settle(name);
    return changed;
  }

  private publish(name: string, comment: string): Version {
    const { runtime, solution } = this.version(name);
    const isOfSolution = (each: { runtime: string; solution: string }) =>
      each.runtime === runtime && each.solution === solution;
    this.versions
      .filter(each => isOfSolution(each) && each.status === 'PUBLISHED')
      .forEach(each => this.change(each.name, { status: 'STARTED' }));
    this.publications = [
      makePublication({
        id: `publication-${this.publications.length + 1}-${name}`,
        runtime,
        solution,
        version: name,
        comment,
      }),
      ...this.publications.map(each =>
        isOfSolution(each) && each.current
          ? { ...each, current: false, endedAt: THEN }
          : each,
      ),
    ];
    this.changeSolution(runtime, solution, { publishedVersion: name });
    return this.change(name, {
      status: 'PUBLISHED',
      publishWhenReady: undefined,
    });
  }

  private changeRuntime(
    id: string,
    change: (runtime: Runtime) => Partial<Runtime>,
  ): Runtime {
    const runtime = this.found(
      this.runtimes.find(each => each.id === id),
      id,
    );
    const changed = { ...runtime, ...change(runtime) };
    this.runtimes = this.runtimes.map(each =>
      each.id === id ? changed : each,
    );
    return changed;
  }

  private changeSolution(
    runtime: string,
    solution: string,
    change: Partial<Solution>,
  ) {
    this.changeRuntime(runtime, ({ solutions, publishedVersion }) => ({
      solutions: solutions.map(each =>
        each.id === solution ? { ...each, ...change } : each,
      ),
      publishedVersion:
        solution === runtime && 'publishedVersion' in change
          ? change.publishedVersion
          : publishedVersion,
    }));
  }

  private version(name: string): Version {
    return this.found(
      this.versions.find(each => each.name === name),
      name,
    );
  }

  private change(name: string, change: Partial<Version>): Version {
    const changed = { ...this.version(name), statusSince: THEN, ...change };
    const { missing, unconfirmed, applyingRevision } = changed.configuration;
    changed.commands = makeCommands(changed.status, {
      incomplete: [...missing, ...unconfirmed],
      deleting: changed.deleting,
      applying: applyingRevision !== undefined,
    });
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

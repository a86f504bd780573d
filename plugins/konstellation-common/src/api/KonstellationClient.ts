import { ResponseError } from '@backstage/errors';
import type { KrtProblem } from '@konstellation/krt';
import { KrtRefusedError } from '../KrtRefusedError';
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
import { readNdjson } from './ndjson';
import { isSentInParts, sendInParts } from './sendInParts';
import { sendWithProgress } from './sendWithProgress';
import type {
  ActivityFilter,
  KonstellationApi,
  PageOptions,
  RequestOptions,
  UploadVersionOptions,
  VersionRef,
} from './types';

/** @public */
export interface KonstellationClientOptions {
  discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  fetchApi: { fetch: typeof fetch };
  /** Gives the token for uploads with progress, which do not go through `fetch`. */
  identityApi?: { getCredentials(): Promise<{ token?: string }> };
}

type Query = Record<string, string | number | boolean | undefined>;

interface Call extends RequestOptions {
  query?: Query;
  body?: unknown;
}

function versionPath({ runtime, version }: VersionRef, rest = ''): string {
  return `/runtimes/${encodeURIComponent(
    runtime,
  )}/versions/${encodeURIComponent(version)}${rest}`;
}

function runtimePath(runtime: string, rest = ''): string {
  return `/runtimes/${encodeURIComponent(runtime)}${rest}`;
}

function toQuery(query: Query = {}): string {
  const entries = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return entries.length > 0 ? `?${new URLSearchParams(entries)}` : '';
}

async function refusedPackage(response: Response): Promise<Error> {
  const body: { error?: { problems?: KrtProblem[] } } | undefined =
    await response
      .clone()
      .json()
      .catch(() => undefined);
  return body?.error?.problems
    ? new KrtRefusedError(body.error.problems)
    : ResponseError.fromResponse(response);
}

/**
 * The REST API of the konstellation backend plugin.
 * @public
 */
export class KonstellationClient implements KonstellationApi {
  constructor(private readonly options: KonstellationClientOptions) {}

  listRuntimes(
    query: PageOptions & {
      search?: string;
      owner?: string;
      status?: string;
    } = {},
    options: RequestOptions = {},
  ): Promise<Page<Runtime>> {
    return this.#json('GET', '/runtimes', { query: { ...query }, ...options });
  }

  getRuntime(runtime: string, options: RequestOptions = {}): Promise<Runtime> {
    return this.#json('GET', runtimePath(runtime), options);
  }

  createRuntime(body: CreateRuntimeRequest): Promise<Runtime> {
    return this.#json('POST', '/runtimes', { body });
  }

  listClusters(
    options: RequestOptions = {},
  ): Promise<{ items: ClusterChoice[] }> {
    return this.#json('GET', '/clusters', options);
  }

  getExample(
    options: RequestOptions = {},
  ): Promise<{ available: boolean; runtime?: string; name?: string }> {
    return this.#json('GET', '/example', options);
  }

  createExample(): Promise<{ runtime: Runtime; version: Version }> {
    return this.#json('POST', '/example', {});
  }

  updateRuntime(runtime: string, body: UpdateRuntimeRequest): Promise<Runtime> {
    return this.#json('PATCH', runtimePath(runtime), { body });
  }

  async deleteRuntime(runtime: string, comment: string): Promise<void> {
    await this.#send('DELETE', runtimePath(runtime), { query: { comment } });
  }

  listSolutions(
    runtime: string,
    options: RequestOptions = {},
  ): Promise<{ items: Solution[] }> {
    return this.#json('GET', runtimePath(runtime, '/solutions'), options);
  }

  createSolution(
    runtime: string,
    body: CreateSolutionRequest,
  ): Promise<Solution> {
    return this.#json('POST', runtimePath(runtime, '/solutions'), { body });
  }

  async deleteSolution(
    runtime: string,
    solution: string,
    comment: string,
  ): Promise<void> {
    const path = `/solutions/${encodeURIComponent(solution)}`;
    await this.#send('DELETE', runtimePath(runtime, path), {
      query: { comment },
    });
  }

  listVersions(
    runtime: string,
    query: PageOptions & { solution?: string; status?: string } = {},
    options: RequestOptions = {},
  ): Promise<Page<Version>> {
    return this.#json('GET', runtimePath(runtime, '/versions'), {
      query: { ...query },
      ...options,
    });
  }

  getVersion(ref: VersionRef, options: RequestOptions = {}): Promise<Version> {
    return this.#json('GET', versionPath(ref), options);
  }

  async uploadVersion(
    runtime: string,
    krt: Blob,
    options: UploadVersionOptions = {},
  ): Promise<Version> {
    const { digest, solution, signal } = options;
    if (digest) {
      const known = await this.#offer(runtime, digest, options);
      if (known) return known;
    }
    if (!isSentInParts(krt.size)) {
      return this.#uploadAtOnce(runtime, krt, options);
    }
    const endpoint = await this.#url('/uploads');
    const upload = await sendInParts(
      krt,
      {
        endpoint,
        metadata: {
          runtime,
          ...(solution ? { solution } : {}),
          ...(digest ? { digest } : {}),
        },
        fingerprint: [
          'krt',
          endpoint,
          runtime,
          solution ?? '',
          digest ?? `${krt.size}`,
        ].join(' '),
        authorization: async () => {
          const { token } = (await this.#credentials()) ?? {};
          return token && `Bearer ${token}`;
        },
        memory: options.memory,
        signal,
        onProgress: options.onProgress,
      },
      refusedPackage,
    );
    return this.#makeVersion(runtime, { upload }, options);
  }

  /** A package that is there already is not sent again. undefined where it is not, or the caller may not know. */
  async #offer(
    runtime: string,
    packageDigest: string,
    options: UploadVersionOptions,
  ): Promise<Version | undefined> {
    try {
      return await this.#makeVersion(runtime, { packageDigest }, options);
    } catch (error) {
      if (error instanceof ResponseError && error.statusCode === 404) {
        return undefined;
      }
      throw error;
    }
  }

  async #makeVersion(
    runtime: string,
    source: { upload: string } | { packageDigest: string },
    { solution, signal }: UploadVersionOptions,
  ): Promise<Version> {
    const url = await this.#url(runtimePath(runtime, '/versions'), {
      solution,
    });
    const response = await this.options.fetchApi.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(source),
      signal,
    });
    if (!response.ok) throw await refusedPackage(response);
    return response.json();
  }

  #credentials() {
    return this.options.identityApi?.getCredentials();
  }

  async #uploadAtOnce(
    runtime: string,
    krt: Blob,
    { onProgress, signal, solution }: UploadVersionOptions,
  ): Promise<Version> {
    const url = await this.#url(runtimePath(runtime, '/versions'), {
      solution,
    });
    const headers: Record<string, string> = {
      'content-type': 'application/gzip',
    };
    let response: Response;
    if (onProgress && typeof XMLHttpRequest !== 'undefined') {
      const credentials = await this.#credentials();
      if (credentials?.token) {
        headers.authorization = `Bearer ${credentials.token}`;
      }
      response = await sendWithProgress(url, {
        body: krt,
        headers,
        signal,
        onProgress,
      });
    } else {
      response = await this.options.fetchApi.fetch(url, {
        method: 'POST',
        headers,
        body: krt,
        signal,
      });
    }
    if (!response.ok) throw await refusedPackage(response);
    return response.json();
  }

  async deleteVersion(ref: VersionRef, comment: string): Promise<void> {
    await this.#send('DELETE', versionPath(ref), { query: { comment } });
  }

  getConfiguration(
    ref: VersionRef,
    options: RequestOptions = {},
  ): Promise<VersionConfiguration> {
    return this.#json('GET', versionPath(ref, '/configuration'), options);
  }

  updateConfiguration(
    ref: VersionRef,
    body: UpdateConfigurationRequest,
  ): Promise<VersionConfiguration> {
    return this.#json('PUT', versionPath(ref, '/configuration'), { body });
  }

  previewConfiguration(
    ref: VersionRef,
    body: Omit<UpdateConfigurationRequest, 'comment'>,
    options: RequestOptions = {},
  ): Promise<ConfigurationPreview> {
    return this.#json('POST', versionPath(ref, '/configuration/preview'), {
      body,
      ...options,
    });
  }

  listConfigurationRevisions(
    ref: VersionRef,
    query: PageOptions = {},
    options: RequestOptions = {},
  ): Promise<Page<ConfigurationRevision>> {
    return this.#json('GET', versionPath(ref, '/configuration/revisions'), {
      query: { ...query },
      ...options,
    });
  }

  async exportConfiguration(
    ref: VersionRef,
    options: RequestOptions = {},
  ): Promise<string> {
    const path = versionPath(ref, '/configuration/env');
    return (await this.#send('GET', path, options)).text();
  }

  startVersion(
    ref: VersionRef,
    comment: string,
    options: { publishWhenReady?: boolean } = {},
  ): Promise<Version> {
    return this.#json('POST', versionPath(ref, '/start'), {
      body: { comment, ...options },
    });
  }

  stopVersion(ref: VersionRef, comment: string): Promise<Version> {
    return this.#json('POST', versionPath(ref, '/stop'), { body: { comment } });
  }

  publishVersion(ref: VersionRef, comment: string): Promise<Version> {
    return this.#json('POST', versionPath(ref, '/publish'), {
      body: { comment },
    });
  }

  unpublishVersion(ref: VersionRef, comment: string): Promise<Version> {
    return this.#json('POST', versionPath(ref, '/unpublish'), {
      body: { comment },
    });
  }

  rollback(
    runtime: string,
    body: { solution?: string; publication?: string; comment: string },
  ): Promise<Version> {
    return this.#json('POST', runtimePath(runtime, '/rollback'), { body });
  }

  getStatus(
    ref: VersionRef,
    options: RequestOptions = {},
  ): Promise<VersionStatusReport> {
    return this.#json('GET', versionPath(ref, '/status'), options);
  }

  async *readLogs(
    ref: VersionRef,
    query: {
      workflow?: string;
      node?: string;
      level?: LogLine['level'];
      since?: string;
      follow?: boolean;
    } = {},
    options: RequestOptions = {},
  ): AsyncGenerator<LogLine> {
    const response = await this.#send('GET', versionPath(ref, '/logs'), {
      query: { ...query },
      ...options,
    });
    if (response.body) yield* readNdjson<LogLine>(response.body);
  }

  getDocs(ref: VersionRef, options: RequestOptions = {}): Promise<VersionDocs> {
    return this.#json('GET', versionPath(ref, '/docs'), options);
  }

  async getDocsFile(
    ref: VersionRef,
    path: string,
    options: RequestOptions = {},
  ): Promise<Blob> {
    const rest = path.split('/').map(encodeURIComponent).join('/');
    const response = await this.#send(
      'GET',
      versionPath(ref, `/docs/${rest}`),
      options,
    );
    return response.blob();
  }

  getSchema(
    ref: VersionRef,
    options: RequestOptions = {},
  ): Promise<VersionSchema> {
    return this.#json('GET', versionPath(ref, '/schema'), options);
  }

  predict(
    ref: VersionRef,
    rpc: string,
    body: unknown,
    options: RequestOptions = {},
  ): Promise<PredictionResult> {
    const path = versionPath(ref, `/predict/${encodeURIComponent(rpc)}`);
    return this.#json('POST', path, { body: body ?? {}, ...options });
  }

  listPublications(
    runtime: string,
    query: PageOptions & { solution?: string } = {},
    options: RequestOptions = {},
  ): Promise<Page<Publication>> {
    return this.#json('GET', runtimePath(runtime, '/publications'), {
      query: { ...query },
      ...options,
    });
  }

  listActivities(
    query: PageOptions & ActivityFilter = {},
    options: RequestOptions = {},
  ): Promise<Page<Activity>> {
    const { runtime, ...rest } = query;
    const path = runtime ? runtimePath(runtime, '/activities') : '/activities';
    return this.#json('GET', path, { query: { ...rest }, ...options });
  }

  async exportActivities(
    query: ActivityFilter & { format: 'csv' | 'ndjson' },
    options: RequestOptions = {},
  ): Promise<Blob> {
    const { runtime, ...rest } = query;
    const path = `${runtime ? runtimePath(runtime) : ''}/activities/export`;
    const response = await this.#send('GET', path, {
      query: { ...rest },
      ...options,
    });
    return response.blob();
  }

  async #url(path: string, query?: Query): Promise<string> {
    const baseUrl = await this.options.discoveryApi.getBaseUrl('konstellation');
    return `${baseUrl}${path}${toQuery(query)}`;
  }

  async #send(method: string, path: string, call: Call): Promise<Response> {
    const { query, body, signal } = call;
    const response = await this.options.fetchApi.fetch(
      await this.#url(path, query),
      {
        method,
        signal,
        ...(body === undefined
          ? {}
          : {
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(body),
            }),
      },
    );
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
  }

  async #json<T>(method: string, path: string, call: Call): Promise<T> {
    return (await this.#send(method, path, call)).json();
  }
}

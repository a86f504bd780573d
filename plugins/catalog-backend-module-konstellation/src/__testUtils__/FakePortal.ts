import type {
  Page,
  Runtime,
  Version,
  VersionSchema,
} from '@konstellation/backstage-plugin-konstellation-common';

const PROTO = 'syntax = "proto3";\npackage price;\n';

function runtimeOf(id: string, publishedVersion?: string): Runtime {
  const address = {
    http: `http://${id}.localhost`,
    grpc: `${id}.localhost:80`,
  };
  return {
    id,
    name: 'Price estimation',
    description: 'What houses cost',
    owner: 'group:default/data-science',
    labels: { costs: 'secret-label' },
    cluster: 'embedded',
    namespace: `kre-${id}`,
    namespaceBound: false,
    conditions: [],
    settings: {},
    status: publishedVersion ? 'PUBLISHED' : 'IDLE',
    solutions: [{ id, name: 'Prices', publishedVersion, address }],
    publishedVersion,
    address,
    versionCounts: { total: 1, started: 1, error: 0 },
    signal: 'secret-signal',
    createdBy: 'user:default/ana',
    createdAt: '2026-01-01T00:00:00Z',
  };
}

function versionOf(runtime: string, name: string, published: boolean): Version {
  const allowed = { allowed: true };
  return {
    uid: `${runtime}/${name}`,
    name,
    runtime,
    solution: runtime,
    description: 'Estimates prices',
    status: published ? 'PUBLISHED' : 'STARTED',
    statusMessage: '',
    conditions: [],
    manifest: {
      krtVersion: 'v1',
      version: name,
      description: 'Estimates prices',
      entrypoint: { proto: 'public_input.proto', image: 'entrypoint' },
      config: { variables: ['SECRET_VARIABLE'], files: [] },
      nodes: [],
      workflows: [],
    },
    configuration: {
      completed: true,
      missing: [],
      unconfirmed: [],
      revision: 1,
    },
    packageDigest: 'sha256:secret-digest',
    packageSize: 1,
    createdBy: 'user:default/ana',
    createdAt: '2026-01-01T00:00:00Z',
    statusSince: '2026-01-01T00:00:00Z',
    commands: {
      start: allowed,
      stop: allowed,
      publish: allowed,
      unpublish: allowed,
      configure: allowed,
      delete: allowed,
    },
  };
}

/** A page of one item: whoever does not go on reading misses most. */
function pageOf<T>(items: readonly T[], cursor: string | undefined): Page<T> {
  const at = Number(cursor ?? 0);
  return {
    items: items.slice(at, at + 1),
    nextCursor: at + 1 < items.length ? String(at + 1) : undefined,
  };
}

/** The answers of the konstellation plugin, from what a test puts into it. */
export class FakePortal {
  /** Names of versions by runtime, and which one is published. */
  readonly runtimes = new Map<
    string,
    { versions: string[]; published?: string }
  >();
  /** Beginnings of paths that answer 503. */
  readonly broken = new Set<string>();
  /** Paths asked for. */
  readonly asked: string[] = [];

  /** @returns status and body for a path below `/api/konstellation`, with its query */
  answer(url: string): { status: number; body: unknown } {
    const { pathname, searchParams } = new URL(url, 'http://portal');
    this.asked.push(pathname);
    if ([...this.broken].some(path => pathname.startsWith(path))) {
      const error = { name: 'ServiceUnavailableError', message: 'not ready' };
      return { status: 503, body: { error, response: { statusCode: 503 } } };
    }
    const body = this.#find(pathname, searchParams.get('cursor') ?? undefined);
    const error = { name: 'NotFoundError', message: `no ${pathname}` };
    return body
      ? { status: 200, body }
      : { status: 404, body: { error, response: { statusCode: 404 } } };
  }

  allRuntimes(): Runtime[] {
    return [...this.runtimes].map(([id, { published }]) =>
      runtimeOf(id, published),
    );
  }

  allVersions(id: string): Version[] {
    const { versions = [], published } = this.runtimes.get(id) ?? {};
    return versions.map(name => versionOf(id, name, name === published));
  }

  #find(
    pathname: string,
    cursor: string | undefined,
  ): Page<Runtime> | Page<Version> | Runtime | VersionSchema | undefined {
    const [, , id, , version, rest] = pathname.split('/');
    if (!id) return pageOf(this.allRuntimes(), cursor);
    const runtime = this.runtimes.get(id);
    if (!runtime) return undefined;
    const { versions, published } = runtime;
    if (pathname === `/runtimes/${id}`) return runtimeOf(id, published);
    if (pathname === `/runtimes/${id}/versions`) {
      return pageOf(this.allVersions(id), cursor);
    }
    return version && versions.includes(version) && rest === 'schema'
      ? { proto: PROTO, rpcs: [] }
      : undefined;
  }
}

import { mockServices } from '@backstage/backend-test-utils';
import {
  KonstellationClient,
  konstellationPermissions,
  type KonstellationApi,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RouterContext } from './context';
import { createRouter } from './createRouter';
import {
  readDocument,
  readOperations,
  Validator,
  type Operation,
  type Parameter,
} from '../permissions/matrix/__testUtils__/openapi';

/** They change nothing that lasts, or are part of something that is audited as a whole. */
const UNAUDITED = ['sendUpload', 'previewConfiguration', 'predict'];

/** Routes by themselves: nothing is called. */
async function registeredRoutes(): Promise<string[]> {
  const unused = new Proxy({}, { get: () => () => undefined });
  const context: RouterContext = Object.assign(Object.create(unused), {
    services: new Proxy({}, { get: () => unused }),
    httpAuth: mockServices.httpAuth.mock(),
    auditor: mockServices.auditor.mock(),
  });
  const { DataStore } = await import('@tus/utils');
  const { MemoryLocker } = await import('@tus/server');
  const router = await createRouter(context, {
    bytes: new DataStore(),
    maxBytes: 1,
    locker: new MemoryLocker(),
  });
  return router.stack.flatMap(({ route }) =>
    route
      ? route.stack.map(
          ({ method }) =>
            `${method} ${route.path
              .replace(/:(\w+)\(\*\)/g, '{$1}')
              .replace(/:(\w+)/g, '{$1}')}`,
        )
      : [],
  );
}

/** All that is referred to anywhere below a node. */
function refsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : refsOf(value),
  );
}

const RUNTIME = 'price-estimation';
const VERSION = { runtime: RUNTIME, version: 'price-v1' };
const comment = 'Because';
const since = '2026-01-01T00:00:00Z';
const filter = {
  version: 'v1',
  actor: 'system',
  type: 'x',
  since,
  until: since,
};
const page = { limit: 10, cursor: 'abc' };
const change = {
  values: { KEY: 'text' },
  env: 'KEY=text',
  confirm: ['KEY'],
  replace: 'pause' as const,
};

/** Calls every method of the client with all that it takes. */
const CALLS: Record<
  keyof KonstellationApi,
  (api: KonstellationApi) => Promise<unknown> | unknown
> = {
  listRuntimes: api =>
    api.listRuntimes({ ...page, search: 'a', owner: 'b', status: 'IDLE' }),
  getRuntime: api => api.getRuntime(RUNTIME),
  listClusters: api => api.listClusters(),
  createRuntime: api =>
    api.createRuntime({
      id: RUNTIME,
      name: 'Prices',
      description: 'Text',
      owner: 'group:default/ml',
      labels: { a: 'b' },
      cluster: 'embedded',
      namespace: 'team-a',
      settings: {
        origins: ['*'],
        quota: { 'limits.cpu': '1' },
        egress: [{ cidr: '10.0.0.0/8', ports: [443] }],
        resources: {
          requests: { cpu: '1' },
          limits: { cpu: '1' },
          nodes: { etl: { requests: { cpu: '1' }, limits: { cpu: '1' } } },
        },
      },
    }),
  getExample: api => api.getExample(),
  createExample: api => api.createExample(),
  updateRuntime: api =>
    api.updateRuntime(RUNTIME, {
      name: 'Prices',
      description: 'Text',
      owner: 'group:default/ml',
      labels: {},
      settings: {},
    }),
  deleteRuntime: api => api.deleteRuntime(RUNTIME, comment),
  listSolutions: api => api.listSolutions(RUNTIME),
  createSolution: api =>
    api.createSolution(RUNTIME, { id: 'rents', name: 'Rents' }),
  deleteSolution: api => api.deleteSolution(RUNTIME, 'rents', comment),
  listVersions: api =>
    api.listVersions(RUNTIME, { ...page, solution: 'rents', status: 'ERROR' }),
  getVersion: api => api.getVersion(VERSION),
  uploadVersion: async api => {
    const krt = new Blob(['krt']);
    await api.uploadVersion(RUNTIME, krt, { solution: 'rents' });
    await api.uploadVersion(RUNTIME, krt, { digest: 'sha256:abc' });
  },
  deleteVersion: api => api.deleteVersion(VERSION, comment),
  getConfiguration: api => api.getConfiguration(VERSION),
  updateConfiguration: api =>
    api.updateConfiguration(VERSION, { ...change, comment }),
  previewConfiguration: api => api.previewConfiguration(VERSION, change),
  listConfigurationRevisions: api =>
    api.listConfigurationRevisions(VERSION, page),
  exportConfiguration: api => api.exportConfiguration(VERSION),
  startVersion: api =>
    api.startVersion(VERSION, comment, { publishWhenReady: true }),
  stopVersion: api => api.stopVersion(VERSION, comment),
  publishVersion: api => api.publishVersion(VERSION, comment),
  unpublishVersion: api => api.unpublishVersion(VERSION, comment),
  rollback: api =>
    api.rollback(RUNTIME, { solution: 'rents', publication: '1', comment }),
  getStatus: api => api.getStatus(VERSION),
  readLogs: async api => {
    const query = { workflow: 'a', node: 'b', since, follow: true };
    for await (const _ of api.readLogs(VERSION, { ...query, level: 'warn' }));
  },
  getDocs: api => api.getDocs(VERSION),
  getDocsFile: api => api.getDocsFile(VERSION, 'docs/README.md'),
  getSchema: api => api.getSchema(VERSION),
  predict: api => api.predict(VERSION, 'Estimate', { city: 'Windsor' }),
  listPublications: api =>
    api.listPublications(RUNTIME, { ...page, solution: 'rents' }),
  listActivities: async api => {
    await api.listActivities({ ...filter, ...page });
    await api.listActivities({ ...filter, ...page, runtime: RUNTIME });
  },
  exportActivities: async api => {
    await api.exportActivities({ ...filter, format: 'csv' });
    await api.exportActivities({ ...filter, format: 'csv', runtime: RUNTIME });
  },
};

interface Sent {
  method: string;
  path: string;
  query: URLSearchParams;
  type: string;
  body: string | undefined;
}

/** What the client sends. */
async function sentBy(
  call: (api: KonstellationApi) => Promise<unknown> | unknown,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  const api = new KonstellationClient({
    discoveryApi: { getBaseUrl: async () => 'http://portal' },
    fetchApi: {
      async fetch(url, init = {}) {
        const { pathname, searchParams } = new URL(String(url));
        const { body } = init;
        sent.push({
          method: (init.method ?? 'GET').toLowerCase(),
          path: decodeURIComponent(pathname),
          query: searchParams,
          type: new Headers(init.headers).get('content-type') ?? '',
          body: typeof body === 'string' ? body : undefined,
        });
        return new Response('{}');
      },
    },
  });
  await call(api);
  return sent;
}

function fits({ method, path }: Operation, sent: Sent): boolean {
  const pattern = path
    .replace(/[.]/g, '\\.')
    .replace('{file}', '.+')
    .replace(/\{\w+\}/g, '[^/]+');
  return method === sent.method && new RegExp(`^${pattern}$`).test(sent.path);
}

const operations = readOperations();
const validator = new Validator();

/** What is wrong with a request, seen from openapi.yaml. */
function problemsOf(request: Sent): string[] {
  const operation = operations.find(each => fits(each, request));
  if (!operation) return [`${request.path} is not described`];
  const described = operation.parameters.flatMap(parameter =>
    parameter.in === 'query' ? [parameter.name] : [],
  );
  const unknown = [...request.query.keys()]
    .filter(name => !described.includes(name))
    .map(name => `${operation.id} has no parameter ${name}`);
  if (!request.type) return unknown;
  const content = operation.body?.content[request.type];
  if (!content) return [...unknown, `${operation.id} has no ${request.type}`];
  const { body } = request;
  return body === undefined
    ? unknown
    : [...unknown, ...validator.problems(content.schema, JSON.parse(body))];
}

/** Those that cannot be left out, and those that have an example; the protocol of uploads has its own. */
function isExemplified({ name, required, example }: Parameter): boolean {
  return !/^(Upload|Tus)-/.test(name) && (required || example !== undefined);
}

describe('openapi.yaml', () => {
  it('describes exactly the routes there are', async () => {
    const described = operations.map(({ method, path }) => `${method} ${path}`);
    expect(described.sort()).toEqual((await registeredRoutes()).sort());
  });

  it('refers to all of its components and to nothing else', () => {
    const document = readDocument();
    const components = Object.entries(document.components)
      .filter(([kind]) => kind !== 'securitySchemes')
      .flatMap(([kind, named]) =>
        Object.keys(named).map(name => `#/components/${kind}/${name}`),
      );
    const referred = new Set(refsOf(document));
    expect([...referred].sort()).toEqual(components.sort());
  });

  it('gives each operation a name', () => {
    const ids = operations.map(({ id }) => id);
    expect([...new Set(ids)]).toEqual(ids);
  });

  it('names the parameters of each path', () => {
    for (const { path, parameters } of operations) {
      const names = parameters.flatMap(parameter =>
        parameter.in === 'path' ? [parameter.name] : [],
      );
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, names]).toEqual([path, inPath]);
    }
  });

  it('gives examples that fit', () => {
    const problems = operations.flatMap(({ id, parameters, body }) => {
      const json = body?.content['application/json'];
      const given = [
        ...parameters.filter(isExemplified),
        ...(json ? [{ name: 'body', ...json }] : []),
      ];
      return given.flatMap(({ name, schema, example }) =>
        example === undefined
          ? [`${id}: ${name} has no example`]
          : validator
              .problems(schema, example)
              .map(problem => `${id}: ${name}${problem}`),
      );
    });
    expect(problems).toEqual([]);
  });

  it('names known permissions, and all of them', () => {
    const named = new Set(operations.flatMap(({ permissions }) => permissions));
    const known = konstellationPermissions.map(({ name }) => name);
    expect([...named].sort()).toEqual(known.sort());
  });

  it('says what callers without permission are answered', () => {
    const lacking = operations.flatMap(operation => {
      const { id, path, isPublic, responses } = operation;
      const needed = [
        ...(isPublic || id === 'getUploadOptions' ? [] : ['401']),
        ...(path.includes('{') ? ['404'] : []),
      ];
      return needed
        .filter(status => !(status in responses))
        .map(status => `${id}: ${status}`);
    });
    expect(lacking).toEqual([]);
  });

  it('names an event of the audit for each write', () => {
    const writes = operations.filter(({ method }) =>
      ['post', 'put', 'patch', 'delete'].includes(method),
    );
    const named = writes.flatMap(({ auditEvent }) => auditEvent ?? []);
    expect([...new Set(named)]).toEqual(named);
    const unnamed = writes.filter(({ auditEvent }) => !auditEvent);
    expect(unnamed.map(({ id }) => id).sort()).toEqual([...UNAUDITED].sort());
    const reads = operations.filter(operation => !writes.includes(operation));
    expect(reads.flatMap(({ auditEvent }) => auditEvent ?? [])).toEqual([]);
  });

  it.each(Object.entries(CALLS))(
    'describes what %s of the client sends',
    async (_, call) => {
      const requests = await sentBy(call);
      expect(requests).not.toEqual([]);
      expect(requests.flatMap(problemsOf)).toEqual([]);
    },
  );
});

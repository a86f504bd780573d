import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { mockServices } from '@backstage/backend-test-utils';
import { parse } from 'yaml';
import { addActivities } from './activities';
import type { RouterContext } from './context';
import { addPackages } from './packages';
import { addRuntimes } from './runtimes';
import { addUploads } from './uploads';
import { addVersions } from './versions';

/** Routes by themselves: nothing is called. */
async function registeredRoutes(): Promise<string[]> {
  const unused = new Proxy({}, { get: () => () => undefined });
  const context: RouterContext = Object.assign(Object.create(unused), {
    httpAuth: mockServices.httpAuth.mock(),
    auditor: mockServices.auditor.mock(),
    userInfo: mockServices.userInfo.mock(),
  });
  const router: Router = PromiseRouter();
  for (const add of [addRuntimes, addVersions, addPackages, addActivities]) {
    add(router, context);
  }
  const { DataStore } = await import('@tus/utils');
  await addUploads(router, context, { bytes: new DataStore(), maxBytes: 1 });
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

interface Description {
  paths: Record<string, Record<string, unknown>>;
  components: Record<string, Record<string, unknown>>;
}

async function readDescription(): Promise<Description> {
  const file = join(__dirname, '../../openapi.yaml');
  return parse(await readFile(file, 'utf8'));
}

/** All that is referred to anywhere below a node. */
function refsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : refsOf(value),
  );
}

describe('openapi.yaml', () => {
  it('describes exactly the routes there are', async () => {
    const { paths } = await readDescription();
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter(method => method !== 'parameters')
        .map(method => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(
      [
        'get /openapi.json',
        'get /krt.schema.json',
        ...(await registeredRoutes()),
      ].sort(),
    );
  });

  it('refers to all of its components and to nothing else', async () => {
    const description = await readDescription();
    const components = Object.entries(description.components)
      .filter(([kind]) => kind !== 'securitySchemes')
      .flatMap(([kind, named]) =>
        Object.keys(named).map(name => `#/components/${kind}/${name}`),
      );
    const referred = new Set(refsOf(description));
    expect([...referred].sort()).toEqual(components.sort());
  });

  it('names the parameters of each path', async () => {
    const { paths, components } = await readDescription();
    for (const [path, { parameters = [] }] of Object.entries(paths)) {
      const names = refsOf(parameters).map(ref => {
        const parameter = components.parameters?.[ref.split('/').at(-1) ?? ''];
        return new Map(Object.entries(parameter ?? {})).get('name');
      });
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, names]).toEqual([path, inPath]);
    }
  });
});

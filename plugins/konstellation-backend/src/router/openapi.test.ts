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
import { addVersions } from './versions';

/** Routes by themselves: nothing is called. */
function registeredRoutes(): string[] {
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

describe('openapi.yaml', () => {
  it('describes exactly the routes there are', async () => {
    const file = join(__dirname, '../../openapi.yaml');
    const { paths }: { paths: Record<string, Record<string, unknown>> } = parse(
      await readFile(file, 'utf8'),
    );
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter(method => method !== 'parameters')
        .map(method => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(
      ['get /openapi.json', ...registeredRoutes()].sort(),
    );
  });
});

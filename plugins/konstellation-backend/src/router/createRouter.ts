import { readFile } from 'node:fs/promises';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { InputError, isError } from '@backstage/errors';
import { KrtRefusedError } from '@konstellation/backstage-plugin-konstellation-common';
import { manifestJsonSchema } from '@konstellation/krt';
import express, { type ErrorRequestHandler } from 'express';
import Router from 'express-promise-router';
import { parse as parseYaml } from 'yaml';
import { addActivities } from './activities';
import { addConfigurations } from './configurations';
import type { RouterContext } from './context';
import { addPackages } from './packages';
import { addRuntimes } from './runtimes';
import { addSolutions } from './solutions';
import { addUploads } from './uploads';
import { addVersions } from './versions';

/** Bytes of a JSON body; values of a configuration are the largest. */
const JSON_LIMIT = '4mb';

const refusedPackage: ErrorRequestHandler = (
  error,
  request,
  response,
  next,
) => {
  if (!(error instanceof KrtRefusedError)) {
    next(error);
    return;
  }
  response.status(400).json({
    error: {
      name: error.name,
      message: error.message,
      problems: error.problems,
    },
    request: { method: request.method, url: request.originalUrl },
    response: { statusCode: 400 },
  });
};

/** What the parser says quotes the body, and values of configurations are sent in bodies. */
const unreadableBody: ErrorRequestHandler = (
  error,
  _request,
  _response,
  next,
) => {
  const isUnreadable =
    isError(error) && 'type' in error && error.type === 'entity.parse.failed';
  next(isUnreadable ? new InputError('the body is not valid JSON') : error);
};

/** The description of the API, as an object. */
export async function readOpenApi(): Promise<Record<string, unknown>> {
  const file = resolvePackagePath(
    '@konstellation/backstage-plugin-konstellation-backend',
    'openapi.yaml',
  );
  return parseYaml(await readFile(file, 'utf8'));
}

/** The REST API: one file a resource, which translate and do not decide. */
export async function createRouter(
  context: RouterContext,
  uploads: Parameters<typeof addUploads>[2],
): Promise<express.Router> {
  const description = await readOpenApi();
  const manifestSchema = manifestJsonSchema();
  const router = Router();
  router.use(express.json({ limit: JSON_LIMIT, strict: false }));
  router.get('/openapi.json', (_request, response) => {
    response.json(description);
  });
  router.get('/krt.schema.json', (_request, response) => {
    response.setHeader('cache-control', 'public, max-age=3600');
    response.json(manifestSchema);
  });
  addRuntimes(router, context);
  addSolutions(router, context);
  await addUploads(router, context, uploads);
  addVersions(router, context);
  addConfigurations(router, context);
  addPackages(router, context);
  addActivities(router, context);
  router.use(unreadableBody);
  router.use(refusedPackage);
  return router;
}

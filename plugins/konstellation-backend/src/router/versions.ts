import { createHash } from 'node:crypto';
import { InputError } from '@backstage/errors';
import type { Request, Router } from 'express';
import { z } from 'zod/v3';
import type { Caller, NewPackage } from '../services/types';
import { abortWhenGone, callerOf, type RouterContext } from './context';
import {
  commentOf,
  commentSchema,
  pageSchema,
  param,
  parse,
  queryComment,
  startSchema,
  versionName,
} from './input';
import { write } from './writes';

const listSchema = pageSchema.extend({
  solution: z.string().max(30).optional(),
  status: z.string().max(20).optional(),
});

const PACKAGE_TYPES = [
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
];

const packageSchema = z.union([
  z.object({ upload: z.string().max(64) }).strict(),
  z.object({ packageDigest: z.string().max(71) }).strict(),
]);

/** What the new version is made of: the body itself, or what it names. */
function packageOf(request: Request): NewPackage {
  if (request.is(PACKAGE_TYPES)) return { bytes: request };
  if (!request.is('application/json')) {
    throw new InputError(
      'send the .krt file as the body, with content-type application/gzip; or JSON with `upload` or `packageDigest`',
    );
  }
  const named = packageSchema.safeParse(request.body);
  if (named.success) return named.data;
  throw new InputError('the body must hold either `upload` or `packageDigest`');
}

const VERBS = ['stop', 'publish', 'unpublish'] as const;

/** Versions: upload, the four verbs, status. */
export function addVersions(router: Router, context: RouterContext): void {
  const { versions } = context.services;
  const path = '/runtimes/:runtime/versions/:version';
  const asItIs = async (request: Request, caller: Caller) => ({
    status: 202,
    body: await versions.get(versionName(request), caller),
  });

  router.get('/runtimes/:runtime/versions', async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(listSchema, request.query);
    response.json(
      await versions.list(param(request, 'runtime'), query, caller),
    );
  });

  router.post(
    '/runtimes/:runtime/versions',
    write(context, 'version-create', {
      work: async (request, caller) => {
        const { solution } = parse(listSchema, request.query);
        return {
          status: 201,
          body: await versions.upload(
            param(request, 'runtime'),
            packageOf(request),
            { solution },
            caller,
          ),
        };
      },
      again: async (request, caller, version) => ({
        status: 201,
        body: await versions.get(
          { runtime: param(request, 'runtime'), version },
          caller,
        ),
      }),
    }),
  );

  router.get(path, async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await versions.get(versionName(request), caller));
  });

  router.delete(
    path,
    write(context, 'version-delete', {
      work: async (request, caller) => {
        await versions.delete(
          versionName(request),
          queryComment(request),
          caller,
        );
        return { status: 202 };
      },
      again: async () => ({ status: 202 }),
    }),
  );

  router.post(
    `${path}/start`,
    write(context, 'version-start', {
      work: async (request, caller) => {
        const input = parse(startSchema, request.body);
        return {
          status: 202,
          body: await versions.start(
            versionName(request),
            { ...input, comment: commentOf(input) },
            caller,
          ),
        };
      },
      again: asItIs,
    }),
  );

  for (const verb of VERBS) {
    router.post(
      `${path}/${verb}`,
      write(context, `version-${verb}`, {
        work: async (request, caller) => ({
          status: 202,
          body: await versions[verb](
            versionName(request),
            commentOf(parse(commentSchema, request.body)),
            caller,
          ),
        }),
        again: asItIs,
      }),
    );
  }

  router.get(`${path}/status`, async (request, response) => {
    const caller = await callerOf(context, request);
    const report = await versions.getStatus(versionName(request), caller);
    const body = JSON.stringify(report);
    const tag = createHash('sha256').update(body).digest('base64url');
    response.setHeader('etag', `"${tag}"`);
    response.setHeader('cache-control', 'private, no-cache');
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    response.type('application/json').send(body);
  });

  router.post(`${path}/predict/:rpc`, async (request, response) => {
    const caller = await callerOf(context, request);
    const signal = abortWhenGone(response);
    response.json(
      await versions.predict(
        versionName(request),
        param(request, 'rpc'),
        request.body,
        caller,
        signal,
      ),
    );
  });
}

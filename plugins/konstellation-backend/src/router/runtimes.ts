import type { Router } from 'express';
import { z } from 'zod/v3';
import { callerOf, type RouterContext } from './context';
import {
  commentOf,
  createRuntimeSchema,
  pageSchema,
  param,
  parse,
  queryComment,
  rollbackSchema,
  updateRuntimeSchema,
} from './input';
import { write } from './writes';

const listSchema = pageSchema.extend({
  search: z.string().max(100).optional(),
  owner: z.string().max(300).optional(),
  status: z.string().max(20).optional(),
});

/** Runtimes, and the example. */
export function addRuntimes(router: Router, context: RouterContext): void {
  const { runtimes, versions } = context.services;

  router.get('/clusters', async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await runtimes.listClusters(caller));
  });

  router.get('/runtimes', async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(listSchema, request.query);
    response.json(await runtimes.list(query, caller));
  });

  router.post(
    '/runtimes',
    write(context, 'runtime-create', {
      work: async (request, caller) => ({
        status: 201,
        body: await runtimes.create(
          parse(createRuntimeSchema, request.body),
          caller,
        ),
      }),
      again: async (request, caller) => ({
        status: 201,
        body: await runtimes.get(
          parse(createRuntimeSchema, request.body).id,
          caller,
        ),
      }),
    }),
  );

  router.get('/runtimes/:runtime', async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await runtimes.get(param(request, 'runtime'), caller));
  });

  router.patch(
    '/runtimes/:runtime',
    write(context, 'runtime-update', {
      work: async (request, caller) => ({
        status: 200,
        body: await runtimes.update(
          param(request, 'runtime'),
          parse(updateRuntimeSchema, request.body),
          caller,
        ),
      }),
      again: async (request, caller) => ({
        status: 200,
        body: await runtimes.get(param(request, 'runtime'), caller),
      }),
    }),
  );

  router.delete(
    '/runtimes/:runtime',
    write(context, 'runtime-delete', {
      work: async (request, caller) => {
        await runtimes.delete(
          param(request, 'runtime'),
          queryComment(request),
          caller,
        );
        return { status: 202 };
      },
      again: async () => ({ status: 202 }),
    }),
  );

  router.post(
    '/runtimes/:runtime/rollback',
    write(context, 'version-rollback', {
      work: async (request, caller) => {
        const input = parse(rollbackSchema, request.body);
        return {
          status: 202,
          body: await versions.rollback(
            param(request, 'runtime'),
            { ...input, comment: commentOf(input) },
            caller,
          ),
        };
      },
      again: async (request, caller, version) => ({
        status: 202,
        body: await versions.get(
          { runtime: param(request, 'runtime'), version },
          caller,
        ),
      }),
    }),
  );

  router.get('/runtimes/:runtime/publications', async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(
      pageSchema.extend({ solution: z.string().max(30).optional() }),
      request.query,
    );
    response.json(
      await versions.listPublications(param(request, 'runtime'), query, caller),
    );
  });

  router.get('/example', async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await runtimes.getExample(caller));
  });

  router.post(
    '/example',
    write(context, 'example-create', {
      work: async (_request, caller) => ({
        status: 201,
        body: await runtimes.createExample(caller),
      }),
    }),
  );
}

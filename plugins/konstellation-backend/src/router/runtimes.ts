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
  const { service } = context;

  router.get('/runtimes', async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(listSchema, request.query);
    response.json(await service.listRuntimes(query, caller));
  });

  router.post(
    '/runtimes',
    write(context, 'runtime-create', async (request, caller) => ({
      status: 201,
      body: await service.createRuntime(
        parse(createRuntimeSchema, request.body),
        caller,
      ),
    })),
  );

  router.get('/runtimes/:runtime', async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await service.getRuntime(param(request, 'runtime'), caller));
  });

  router.patch(
    '/runtimes/:runtime',
    write(context, 'runtime-update', async (request, caller) => ({
      status: 200,
      body: await service.updateRuntime(
        param(request, 'runtime'),
        parse(updateRuntimeSchema, request.body),
        caller,
      ),
    })),
  );

  router.delete(
    '/runtimes/:runtime',
    write(context, 'runtime-delete', async (request, caller) => {
      await service.deleteRuntime(
        param(request, 'runtime'),
        queryComment(request),
        caller,
      );
      return { status: 202 };
    }),
  );

  router.post(
    '/runtimes/:runtime/rollback',
    write(context, 'version-rollback', async (request, caller) => {
      const input = parse(rollbackSchema, request.body);
      return {
        status: 202,
        body: await service.rollback(
          param(request, 'runtime'),
          { ...input, comment: commentOf(input) },
          caller,
        ),
      };
    }),
  );

  router.get('/runtimes/:runtime/publications', async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(
      pageSchema.extend({ solution: z.string().max(30).optional() }),
      request.query,
    );
    response.json(
      await service.listPublications(param(request, 'runtime'), query, caller),
    );
  });

  router.get('/example', async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await service.getExample(caller));
  });

  router.post(
    '/example',
    write(context, 'example-create', async (_request, caller) => ({
      status: 201,
      body: await service.createExample(caller),
    })),
  );
}

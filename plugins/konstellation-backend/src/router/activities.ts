import type { Router } from 'express';
import { z } from 'zod/v3';
import { callerOf, type RouterContext } from './context';
import { pageSchema, param, parse } from './input';

const querySchema = pageSchema.extend({
  runtime: z.string().max(30).optional(),
  version: z.string().max(19).optional(),
  actor: z.string().max(300).optional(),
  type: z.string().max(50).optional(),
});

/** The activity log. */
export function addActivities(router: Router, context: RouterContext): void {
  router.get('/activities', async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(querySchema, request.query);
    response.json(await context.service.listActivities(query, caller));
  });

  router.get('/runtimes/:runtime/activities', async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(querySchema, request.query);
    response.json(
      await context.service.listActivities(
        { ...query, runtime: param(request, 'runtime') },
        caller,
      ),
    );
  });
}

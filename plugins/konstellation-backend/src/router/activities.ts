import { once } from 'node:events';
import type { Request, Response, Router } from 'express';
import { z } from 'zod/v3';
import { toCsvLine } from './csv';
import { callerOf, type RouterContext } from './context';
import { pageSchema, param, parse } from './input';

const filterSchema = z.object({
  runtime: z.string().max(30).optional(),
  version: z.string().max(19).optional(),
  actor: z.string().max(300).optional(),
  type: z.string().max(50).optional(),
  since: z.string().datetime({ offset: true }).optional(),
  until: z.string().datetime({ offset: true }).optional(),
});

const exportSchema = filterSchema.extend({
  format: z.enum(['csv', 'ndjson']).default('ndjson'),
});

const COLUMNS = [
  'id',
  'at',
  'actor',
  'type',
  'runtime',
  'solution',
  'version',
  'from',
  'to',
  'comment',
  'count',
  'lastAt',
] as const;

async function writeText(response: Response, text: string): Promise<void> {
  if (!response.write(text) && !response.destroyed) {
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
}

/** The activity log. */
export function addActivities(router: Router, context: RouterContext): void {
  const { activities } = context.services;
  const place = (request: Request) =>
    request.params.runtime ? { runtime: param(request, 'runtime') } : {};

  for (const path of ['/activities', '/runtimes/:runtime/activities']) {
    router.get(path, async (request, response) => {
      const caller = await callerOf(context, request);
      const query = parse(filterSchema.merge(pageSchema), request.query);
      response.json(
        await activities.list({ ...query, ...place(request) }, caller),
      );
    });

    router.get(`${path}/export`, async (request, response) => {
      const caller = await callerOf(context, request);
      const { format, ...query } = parse(exportSchema, request.query);
      const lines = await activities.export(
        { ...query, ...place(request) },
        caller,
      );
      response.setHeader('cache-control', 'no-store');
      response.attachment(`activities.${format}`);
      response.type(format === 'csv' ? 'text/csv' : 'application/x-ndjson');
      if (format === 'csv') await writeText(response, toCsvLine(COLUMNS));
      for await (const activity of lines) {
        if (response.destroyed) return;
        await writeText(
          response,
          format === 'csv'
            ? toCsvLine(COLUMNS.map(column => String(activity[column] ?? '')))
            : `${JSON.stringify(activity)}\n`,
        );
      }
      response.end();
    });
  }
}

import type { Router } from 'express';
import { callerOf, type RouterContext } from './context';
import {
  changeSchema,
  commentOf,
  configurationSchema,
  pageSchema,
  parse,
  versionName,
} from './input';
import { write } from './writes';

/** Configuration of versions. Answers are for one caller: values may be in them. */
export function addConfigurations(
  router: Router,
  context: RouterContext,
): void {
  const { configurations } = context.services;
  const path = '/runtimes/:runtime/versions/:version/configuration';

  router.get(path, async (request, response) => {
    const caller = await callerOf(context, request);
    response.setHeader('cache-control', 'no-store');
    response.json(await configurations.get(versionName(request), caller));
  });

  router.put(
    path,
    write(context, 'configuration-update', {
      // Values are asked for again, not stored with the answer.
      stores: false,
      work: async (request, caller) => {
        const input = parse(configurationSchema, request.body);
        return {
          status: 200,
          body: await configurations.update(
            versionName(request),
            { ...input, comment: commentOf(input) },
            caller,
          ),
        };
      },
      again: async (request, caller) => ({
        status: 200,
        body: await configurations.get(versionName(request), caller),
      }),
    }),
  );

  router.post(`${path}/preview`, async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(
      await configurations.preview(
        versionName(request),
        parse(changeSchema, request.body),
        caller,
      ),
    );
  });

  router.get(`${path}/revisions`, async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(pageSchema, request.query);
    response.json(
      await configurations.listRevisions(versionName(request), query, caller),
    );
  });

  router.get(`${path}/env`, async (request, response) => {
    const caller = await callerOf(context, request);
    const name = versionName(request);
    const text = await configurations.exportEnv(name, caller);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader(
      'content-disposition',
      `attachment; filename="${name.runtime}-${name.version}.env"`,
    );
    response.type('text/plain').send(text);
  });
}

import type { Router } from 'express';
import { callerOf, type RouterContext } from './context';
import { createSolutionSchema, param, parse, queryComment } from './input';
import { write } from './writes';

/** Solutions of a runtime. */
export function addSolutions(router: Router, context: RouterContext): void {
  const { runtimes } = context.services;
  const path = '/runtimes/:runtime/solutions';

  router.get(path, async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(
      await runtimes.listSolutions(param(request, 'runtime'), caller),
    );
  });

  router.post(
    path,
    write(context, 'solution-create', {
      work: async (request, caller) => ({
        status: 201,
        body: await runtimes.createSolution(
          param(request, 'runtime'),
          parse(createSolutionSchema, request.body),
          caller,
        ),
      }),
      again: async (request, caller) => {
        const { id } = parse(createSolutionSchema, request.body);
        const { items } = await runtimes.listSolutions(
          param(request, 'runtime'),
          caller,
        );
        return { status: 201, body: items.find(item => item.id === id) };
      },
    }),
  );

  router.delete(
    `${path}/:solution`,
    write(context, 'solution-delete', {
      work: async (request, caller) => {
        await runtimes.deleteSolution(
          param(request, 'runtime'),
          param(request, 'solution'),
          queryComment(request),
          caller,
        );
        return { status: 202 };
      },
      again: async () => ({ status: 202 }),
    }),
  );
}

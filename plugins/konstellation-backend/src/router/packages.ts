import { once } from 'node:events';
import type { Response, Router } from 'express';
import { abortWhenGone, callerOf, type RouterContext } from './context';
import { logsSchema, param, parse, versionName } from './input';

/** While nothing is written an empty line tells proxies and the reader that the stream lives. */
const HEARTBEAT_MILLIS = 15_000;

async function writeLine(response: Response, line: string): Promise<void> {
  if (!response.write(line) && !response.destroyed) {
    // A slow reader slows the cluster down, not our memory up.
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
}

/** What is in a package, and what its containers write. */
export function addPackages(router: Router, context: RouterContext): void {
  const { versions } = context.services;
  const path = '/runtimes/:runtime/versions/:version';

  router.get(`${path}/docs`, async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await versions.getDocs(versionName(request), caller));
  });

  router.get(`${path}/docs/:file(*)`, async (request, response) => {
    const caller = await callerOf(context, request);
    const file = await versions.getDocsFile(
      versionName(request),
      param(request, 'file'),
      caller,
    );
    // Content of others: shown, never run in the name of the portal.
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader(
      'content-security-policy',
      "default-src 'none'; sandbox",
    );
    response.setHeader('cache-control', 'private, max-age=3600');
    response.type(file.mediaType).send(file.content);
  });

  router.get(`${path}/files`, async (request, response) => {
    const caller = await callerOf(context, request);
    response.json({
      items: await versions.getFiles(versionName(request), caller),
    });
  });

  router.get(`${path}/schema`, async (request, response) => {
    const caller = await callerOf(context, request);
    response.json(await versions.getSchema(versionName(request), caller));
  });

  router.get(`${path}/logs`, async (request, response) => {
    const caller = await callerOf(context, request);
    const query = parse(logsSchema, request.query);
    const signal = abortWhenGone(response);
    const lines = await versions.readLogs(
      versionName(request),
      query,
      caller,
      signal,
    );
    response.setHeader('content-type', 'application/x-ndjson');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-accel-buffering', 'no');
    response.flushHeaders();
    const heartbeat = setInterval(() => response.write('\n'), HEARTBEAT_MILLIS);
    try {
      for await (const line of lines) {
        await writeLine(response, `${JSON.stringify(line)}\n`);
        if (signal.aborted) break;
      }
    } finally {
      clearInterval(heartbeat);
      response.end();
    }
  });
}

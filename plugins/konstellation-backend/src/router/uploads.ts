import { InputError } from '@backstage/errors';
import type { DataStore, Locker } from '@tus/utils';
import type { Request, Router } from 'express';
import { z } from 'zod/v3';
import type { Caller } from '../services/types';
import { callerOf, type RouterContext } from './context';
import { param, parse } from './input';

const metadataSchema = z.object({
  runtime: z.string().max(30),
  solution: z.string().max(30).optional(),
  digest: z.string().max(71).optional(),
});

/** `Upload-Metadata` of the creation: pairs of a key and its value in base64. */
async function metadataOf(request: Request) {
  const header = request.header('upload-metadata');
  if (!header) {
    throw new InputError(
      'Upload-Metadata must name the runtime the version is for',
    );
  }
  const { Metadata } = await import('@tus/utils');
  let metadata: Record<string, string | null>;
  try {
    metadata = Metadata.parse(header);
  } catch {
    throw new InputError('Upload-Metadata is malformed');
  }
  return parse(metadataSchema, metadata);
}

function sizeOf(request: Request, most: number): number {
  const size = Number(request.header('upload-length') ?? NaN);
  if (!Number.isSafeInteger(size) || size <= 0) {
    throw new InputError('Upload-Length must be the size of the package');
  }
  if (size > most) {
    throw new InputError(
      `the package has ${size} bytes; this portal takes up to ${most}`,
    );
  }
  return size;
}

/**
 * Resumable uploads: tus 1.0.0 with creation, creation-with-upload and termination. What is sent belongs to who sends it.
 *
 * @param uploads.bytes - where it is kept
 * @param uploads.maxBytes - of one package
 * @param uploads.locker - lets one request at a time write to an upload
 */
export async function addUploads(
  router: Router,
  context: RouterContext,
  uploads: { bytes: DataStore; maxBytes: number; locker: Locker },
): Promise<void> {
  const { auditor } = context;
  const { versions } = context.services;
  const ids = new WeakMap<object, string>();
  // An ES module, which not every loader of CommonJS takes.
  const { Server } = await import('@tus/server');
  const tus = new Server({
    path: '/uploads',
    datastore: uploads.bytes,
    locker: uploads.locker,
    maxSize: uploads.maxBytes,
    namingFunction: request => {
      const node = request.runtime?.node?.req;
      const id = node && ids.get(node);
      if (!id) throw new Error('an upload was created without an id');
      return id;
    },
    // Relative to the URL it was created at, whatever proxies made of that.
    generateUrl: (_request, { id }) => `uploads/${id}`,
    // Origins are the portal's to allow.
    allowedOrigins: () => false,
  });

  const audited = async (
    request: Request,
    eventId: string,
    work: () => Promise<void>,
  ) => {
    const event = await auditor.createEvent({
      eventId,
      request,
      severityLevel: 'medium',
      meta: { ...request.params },
    });
    try {
      await work();
      await event.success();
    } catch (error) {
      await event.fail({
        error: error instanceof Error ? error : new Error(String(error)),
      });
      throw error;
    }
  };

  const begin = async (request: Request, caller: Caller) => {
    const { runtime, ...rest } = await metadataOf(request);
    const size = sizeOf(request, uploads.maxBytes);
    const id = await versions.beginUpload(runtime, { ...rest, size }, caller);
    ids.set(request, id);
  };

  router.post('/uploads', async (request, response) => {
    // What is refused is part of the one event of the upload.
    const { denied: _, ...caller } = await callerOf(context, request);
    await audited(request, 'upload-create', () => begin(request, caller));
    await tus.handle(request, response);
  });

  router.options('/uploads', (request, response) =>
    tus.handle(request, response),
  );

  router.delete('/uploads/:upload', async (request, response) => {
    const caller = await callerOf(context, request);
    await audited(request, 'upload-cancel', () =>
      versions.cancelUpload(param(request, 'upload'), caller),
    );
    response.setHeader('Tus-Resumable', '1.0.0');
    response.status(204).end();
  });

  for (const method of ['head', 'patch'] as const) {
    router[method]('/uploads/:upload', async (request, response) => {
      const caller = await callerOf(context, request);
      await versions.findUpload(param(request, 'upload'), caller);
      await tus.handle(request, response);
    });
  }
}

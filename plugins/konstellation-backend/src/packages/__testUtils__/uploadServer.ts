import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Knex } from 'knex';
import { Database } from '../../database/Database';
import { UploadLockStore } from '../../database/UploadLockStore';
import { CheckedUploads } from '../CheckedUploads';
import type { UploadBytes } from '../PackageStore';
import { UploadLocker } from '../UploadLocker';

/** The tables, made by the first that asks, with the time of this machine. */
export async function uploadDatabase(knex: Knex): Promise<Database> {
  return Database.create({
    database: { getClient: async () => knex },
    policy: {
      deadlines: { start: 1, stop: 1, unavailable: 1, configuration: 1 },
      keptPublications: 1,
    },
  });
}

/** One of several processes that take uploads: a server of the tus protocol over a store and a database it shares. */
export async function startUploadServer(options: {
  database: Database;
  bytes: UploadBytes;
  leaseMillis?: number;
}) {
  const { database, leaseMillis } = options;
  const locks = new UploadLockStore(database);
  const locker = new UploadLocker(locks, { leaseMillis });
  const bytes = new CheckedUploads(options.bytes, {}, id => locker.fence(id));
  const { Server } = await import('@tus/server');
  const tus = new Server({
    path: '/uploads',
    datastore: bytes,
    locker,
    lockDrainTimeout: 200,
    namingFunction: request => request.headers.get('x-id') ?? '',
  });
  const server = createServer((request, response) => {
    void tus.handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/uploads`,
    bytes,
    locks,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const TUS = { 'tus-resumable': '1.0.0' };

/** What a client of the tus protocol asks of one of the servers. */
export const tusClient = {
  begin: (url: string, id: string, size: number) =>
    fetch(url, {
      method: 'POST',
      headers: { ...TUS, 'x-id': id, 'upload-length': String(size) },
    }),
  async offset(url: string, id: string): Promise<number> {
    const answer = await fetch(`${url}/${id}`, {
      method: 'HEAD',
      headers: TUS,
    });
    return Number(answer.headers.get('upload-offset') ?? NaN);
  },
  send: (
    url: string,
    id: string,
    offset: number,
    body: Uint8Array | ReadableStream<Uint8Array>,
    signal?: AbortSignal,
  ) => {
    const init: RequestInit & { duplex: 'half' } = {
      method: 'PATCH',
      headers: {
        ...TUS,
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
      },
      body: 'getReader' in body ? body : new Uint8Array(body),
      duplex: 'half',
      signal,
    };
    return fetch(`${url}/${id}`, init);
  },
};

/** A body that gives its parts when they are asked for, and does not end before it is told to. */
export function heldBody() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(made) {
      controller = made;
    },
  });
  return {
    body,
    push: (part: Uint8Array) => controller?.enqueue(new Uint8Array(part)),
    end: () => controller?.close(),
  };
}

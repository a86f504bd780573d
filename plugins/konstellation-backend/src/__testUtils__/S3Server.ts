import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Options } from '../packages/S3PackageStore';
import { problemOfPresigned } from './presignedUrls';

interface Stored {
  bytes: Buffer;
  metadata: Record<string, string>;
  at: Date;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function metadataOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') || name === 'content-type'
        ? [[name, String(value)]]
        : [],
    ),
  );
}

/**
 * As much of the S3 API (REST, path style, one bucket) as the package store uses, in memory, so that the real clients talk to
 * something. Of signatures it checks those in URLs.
 */
export class S3Server {
  /** Requests by a presigned URL, the refused ones too. */
  readonly presigned: IncomingMessage[] = [];
  readonly objects = new Map<string, Stored>();
  readonly #uploads = new Map<
    string,
    {
      key: string;
      metadata: Record<string, string>;
      parts: Map<number, Buffer>;
    }
  >();

  private constructor(
    private readonly server: Server,
    private readonly secret: string,
    private readonly onPresigned: (status: number) => void,
  ) {}

  /** How a package store comes here, and lets pods do. */
  get options(): S3Options {
    return {
      bucket: 'packages',
      region: 'us-east-1',
      endpoint: this.endpoint,
      forcePathStyle: true,
      delivery: 'presigned',
      credentials: { accessKeyId: 'key', secretAccessKey: this.secret },
    };
  }

  /**
   * @param options.secret - of the key that URLs are signed with
   * @param options.host - address it listens at
   * @param options.onPresigned - told how a request by a presigned URL was answered
   */
  static async start({
    secret = 'secret',
    host = '127.0.0.1',
    onPresigned = () => {},
  }: {
    secret?: string;
    host?: string;
    onPresigned?: (status: number) => void;
  } = {}): Promise<S3Server> {
    const server = createServer();
    const s3 = new S3Server(server, secret, onPresigned);
    server.on('request', (request, response) => {
      s3.#serve(request, response).catch(error => {
        response.writeHead(500).end(String(error));
      });
    });
    server.listen(0, host);
    await once(server, 'listening');
    return s3;
  }

  get endpoint(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Unfinished uploads in parts. */
  get unfinished(): number {
    return this.#uploads.size;
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, , ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const body = await bodyOf(request);
    const xml = (status: number, content: string) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0" encoding="UTF-8"?>${content}`);
    };
    const missing = (code: string) =>
      request.method === 'HEAD'
        ? response.writeHead(404).end()
        : xml(
            404,
            `<Error><Code>${code}</Code><Message>none</Message></Error>`,
          );
    const query = url.searchParams;
    if (query.has('X-Amz-Signature')) {
      this.presigned.push(request);
      response.once('finish', () => this.onPresigned(response.statusCode));
      const { method = '', headers } = request;
      const asked = { method, url, host: headers.host ?? '' };
      const problem = problemOfPresigned(asked, this.secret);
      if (problem) {
        xml(
          403,
          `<Error><Code>AccessDenied</Code><Message>${problem}</Message></Error>`,
        );
        return;
      }
    }
    const upload = this.#uploads.get(query.get('uploadId') ?? '');

    if (request.method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      this.#uploads.set(id, {
        key,
        metadata: metadataOf(request),
        parts: new Map(),
      });
      xml(
        200,
        `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    } else if (query.has('uploadId') && !upload) {
      missing('NoSuchUpload');
    } else if (upload) {
      this.#serveUpload({ request, query, key, body, upload, response, xml });
    } else if (request.method === 'POST' && query.has('delete')) {
      for (const [, each = ''] of body
        .toString()
        .matchAll(/<Key>([^<]+)<\/Key>/g)) {
        this.objects.delete(each);
      }
      xml(200, '<DeleteResult/>');
    } else if (request.method === 'GET' && query.get('list-type') === '2') {
      const prefix = query.get('prefix') ?? '';
      const listed = [...this.objects].filter(
        ([name]) =>
          name.startsWith(prefix) &&
          !(
            query.get('delimiter') === '/' &&
            name.slice(prefix.length).includes('/')
          ),
      );
      xml(
        200,
        `<ListBucketResult>${listed
          .map(
            ([name, { at, bytes }]) =>
              `<Contents><Key>${name}</Key><LastModified>${at.toISOString()}</LastModified><Size>${
                bytes.length
              }</Size></Contents>`,
          )
          .join('')}</ListBucketResult>`,
      );
    } else if (request.method === 'PUT') {
      const source = request.headers['x-amz-copy-source'];
      const from =
        typeof source === 'string'
          ? this.objects.get(
              decodeURIComponent(source).split('/').slice(1).join('/'),
            )
          : { bytes: body, metadata: metadataOf(request) };
      if (!from) {
        missing('NoSuchKey');
        return;
      }
      this.objects.set(key, { ...from, at: new Date() });
      if (source) {
        xml(
          200,
          `<CopyObjectResult><ETag>${etagOf(
            from.bytes,
          )}</ETag></CopyObjectResult>`,
        );
      } else {
        response.writeHead(200, { etag: etagOf(body) }).end();
      }
    } else if (request.method === 'DELETE') {
      this.objects.delete(key);
      response.writeHead(204).end();
    } else {
      const found = this.objects.get(key);
      if (!found) {
        missing('NoSuchKey');
        return;
      }
      const { bytes, metadata } = found;
      const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
      const start = Number(range?.[1] ?? 0);
      if (range && start >= bytes.length) {
        xml(416, '<Error><Code>InvalidRange</Code></Error>');
        return;
      }
      response.writeHead(range ? 206 : 200, {
        ...metadata,
        'content-length': bytes.length - start,
        etag: etagOf(bytes),
        ...(range
          ? {
              'content-range': `bytes ${start}-${bytes.length - 1}/${
                bytes.length
              }`,
            }
          : {}),
      });
      const part = bytes.subarray(start);
      response.end(request.method === 'HEAD' ? undefined : part);
    }
  }

  #serveUpload(options: {
    request: IncomingMessage;
    response: ServerResponse;
    query: URLSearchParams;
    key: string;
    body: Buffer;
    upload: {
      key: string;
      metadata: Record<string, string>;
      parts: Map<number, Buffer>;
    };
    xml: (status: number, content: string) => void;
  }): void {
    const { request, response, query, key, body, upload, xml } = options;
    const id = query.get('uploadId') ?? '';
    const parts = [...upload.parts].sort(([a], [b]) => a - b);
    if (request.method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      response.writeHead(200, { etag: etagOf(body) }).end();
    } else if (request.method === 'GET') {
      xml(
        200,
        `<ListPartsResult><IsTruncated>false</IsTruncated>${parts
          .map(
            ([number, bytes]) =>
              `<Part><PartNumber>${number}</PartNumber><ETag>${etagOf(
                bytes,
              )}</ETag><Size>${bytes.length}</Size></Part>`,
          )
          .join('')}</ListPartsResult>`,
      );
    } else {
      this.#uploads.delete(id);
      if (request.method === 'DELETE') {
        response.writeHead(204).end();
        return;
      }
      const bytes = Buffer.concat(parts.map(([, part]) => part));
      this.objects.set(key, {
        bytes,
        metadata: upload.metadata,
        at: new Date(),
      });
      xml(
        200,
        `<CompleteMultipartUploadResult><Key>${key}</Key><ETag>${etagOf(
          bytes,
        )}</ETag></CompleteMultipartUploadResult>`,
      );
    }
  }
}

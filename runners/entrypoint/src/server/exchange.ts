import { connectNodeAdapter } from '@connectrpc/connect-node';

type NodeHandler = ReturnType<typeof connectNodeAdapter>;

/** A request of either HTTP version. */
export type Request = Parameters<NodeHandler>[0];
export type Response = Parameters<NodeHandler>[1];
export type Handler = (request: Request, response: Response) => void;

/** Path without the query. */
export function pathOf(request: Request): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

export function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function answerJson(
  response: Response,
  status: number,
  body: unknown,
): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(text));
  end(response, text);
}

export function answerText(
  response: Response,
  status: number,
  contentType: string,
  text: string,
): void {
  response.statusCode = status;
  response.setHeader('content-type', contentType);
  end(response, text);
}

/** Both kinds of response have this, but no signature that fits both. */
function end(response: Response, text: string): void {
  if ('stream' in response) {
    response.end(text);
  } else {
    response.end(text);
  }
}

/** Errors that are answered before a call reaches its protocol; name and HTTP status as in the Connect protocol. */
const errors = {
  unavailable: { http: 503, grpc: 14 },
  unauthenticated: { http: 401, grpc: 16 },
  unimplemented: { http: 501, grpc: 12 },
  /** A path that is nothing here. */
  unknown: { http: 404, grpc: 12 },
} as const;

/** Answers a call with an error in the protocol it was made in. */
export function answerError(
  request: Request,
  response: Response,
  code: keyof typeof errors,
  message: string,
): void {
  request.resume();
  const { http, grpc } = errors[code];
  const contentType = headerOf(request, 'content-type') ?? '';
  if (!contentType.startsWith('application/grpc')) {
    answerJson(response, http, {
      code: code === 'unknown' ? 'unimplemented' : code,
      message,
    });
    return;
  }
  response.setHeader('content-type', contentType);
  const status = {
    'grpc-status': String(grpc),
    'grpc-message': encodeGrpcMessage(message),
  };
  if (contentType.startsWith('application/grpc-web')) {
    // Without a body, gRPC-Web takes the status from the headers.
    Object.entries(status).forEach(([name, value]) =>
      response.setHeader(name, value),
    );
  } else {
    response.addTrailers(status);
  }
  // Before the end, or HTTP/2 would end with the headers and leave out the trailers.
  response.writeHead(200);
  response.end();
}

/** Percent-encoding as gRPC asks for it: of what is not printable ASCII, and of `%`. Some clients undo no more. */
export function encodeGrpcMessage(message: string): string {
  return message.replace(/[^\x20-\x24\x26-\x7e]+/g, encodeURIComponent);
}

/**
 * The body of a small request.
 *
 * @param maxSize - bytes
 * @throws RangeError
 */
export async function readBody(
  request: Request,
  maxSize: number,
): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > maxSize) {
      throw new RangeError(`the body has more than ${maxSize} bytes`);
    }
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts).toString('utf8');
}

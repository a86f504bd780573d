import {
  Code,
  ConnectError,
  ConnectRouter,
  createConnectRouter,
} from '@connectrpc/connect';
import {
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import { Log } from '../log';
import {
  answerError,
  encodeGrpcMessage,
  Handler,
  headerOf,
  pathOf,
} from './exchange';

export interface RpcHandlerOptions {
  routes: (router: ConnectRouter) => void;
  /** Why a known rpc is not answered. */
  explainMissing: (path: string) => string | undefined;
  /** Bytes of a request. */
  maxBodySize: number;
  log: Log;
}

type Answer = Parameters<typeof universalResponseToNodeResponse>[0];

const compressMinBytes = 16 * 1024;
/** Longest timer there is; a caller's deadline beyond it is refused. */
const maxTimeoutMs = 2 ** 31 - 1;

/**
 * The handler of calls in all protocols: gRPC, gRPC-Web, Connect with JSON or binary messages. In the place of
 * `connectNodeAdapter`, which writes to the console when a caller goes.
 */
export function createRpcHandler({
  routes,
  explainMissing,
  maxBodySize,
  log,
}: RpcHandlerOptions): Handler {
  const router = createConnectRouter({
    readMaxBytes: maxBodySize,
    maxTimeoutMs,
    compressMinBytes,
    acceptCompression: [compressionGzip],
  });
  routes(router);
  const handlers = new Map(
    router.handlers.map(handler => [handler.requestPath, handler]),
  );
  return (request, response) => {
    const path = pathOf(request);
    const handler = handlers.get(path);
    if (!handler) {
      const reason = explainMissing(path);
      if (reason) {
        answerError(request, response, 'unimplemented', reason);
      } else {
        answerError(
          request,
          response,
          'unknown',
          `there is no '${path.slice(0, 200)}' here`,
        );
      }
      return;
    }
    if (
      headerOf(request, 'host') === undefined &&
      headerOf(request, ':authority') === undefined
    ) {
      // HTTP/1.0; a request of Connect needs one for its URL.
      request.headers.host = 'localhost';
    }
    handler(
      universalRequestFromNodeRequest(request, response, undefined, undefined),
    )
      .then(answer =>
        universalResponseToNodeResponse(withPlainMessage(answer), response),
      )
      .catch(error => {
        const { code, rawMessage } = ConnectError.from(error);
        if (
          !response.destroyed &&
          !response.writableEnded &&
          code !== Code.Aborted
        ) {
          log.write('error', `the answer could not be written: ${rawMessage}`);
          response.destroy();
        }
      });
  };
}

/** Connect encodes more of `grpc-message` than grpc-js decodes: colons would arrive as `%3A`. */
function withPlainMessage(answer: Answer): Answer {
  const { body, trailer } = answer;
  if (!body || !trailer) {
    return answer;
  }
  // Trailers are known once the body has been read.
  async function* readAll(parts: AsyncIterable<Uint8Array>, trailers: Headers) {
    yield* parts;
    const message = trailers.get('grpc-message');
    if (message) {
      trailers.set(
        'grpc-message',
        encodeGrpcMessage(decodeURIComponent(message)),
      );
    }
  }
  return { ...answer, body: readAll(body, trailer) };
}

import { toError } from '@backstage/errors';
import type { DetailedError, Upload, UploadOptions } from 'tus-js-client';

/** Bytes of one request, so that neither proxies nor time-outs matter. */
const CHUNK_SIZE = 8 * 1024 * 1024;
/**
 * Whether a package of so many bytes is sent in parts. A smaller one is one request: sending it again is as fast as to go on.
 * @public
 */
export function isSentInParts(bytes: number): boolean {
  return bytes > CHUNK_SIZE;
}

/** Milliseconds before each further attempt; together some two minutes. */
const RETRY_DELAYS = [0, 1_000, 3_000, 5_000, 10_000, 20_000, 40_000, 40_000];

/** Where unfinished uploads are remembered; `localStorage` in browsers by default. @public */
export type UploadMemory = NonNullable<UploadOptions['urlStorage']>;

/** Given as reason of an abort: what has been sent stays, to go on later. @public */
export class UploadPausedError extends Error {
  constructor() {
    super('the upload was paused');
    this.name = 'UploadPausedError';
  }
}

const UNREACHABLE = 'the portal could not be reached';

/** Milliseconds without a byte sent after which the connection is taken for dead, and how often it is made anew. */
const STALL_MILLIS = 120_000;
const MAX_STALLS = 5;

interface Parts {
  /** URL of the uploads. */
  endpoint: string;
  metadata: Record<string, string>;
  /** The same for what may go on where another attempt ended. */
  fingerprint: string;
  /** Gives the value of the Authorization header, asked for each request. */
  authorization: () => Promise<string | undefined>;
  memory?: UploadMemory;
  signal?: AbortSignal;
  onProgress?: (progress: { sent: number; total: number }) => void;
}

function isDetailed(error: Error | DetailedError): error is DetailedError {
  return 'originalResponse' in error;
}

/** The answer that ended the upload, as `fetch` would give it. */
function responseOf(error: Error | DetailedError): Response | undefined {
  const answer = isDetailed(error) ? error.originalResponse : undefined;
  const status = answer?.getStatus() ?? 0;
  // Anything below is no answer but a connection that failed.
  if (!answer || status < 200) return undefined;
  return new Response(answer.getBody(), {
    status,
    headers: {
      'content-type': answer.getHeader('content-type') ?? 'text/plain',
    },
  });
}

/** A file is read part by part, in browsers and in Node alike. */
function readerOf(file: Blob): NonNullable<UploadOptions['fileReader']> {
  const isBrowser = typeof XMLHttpRequest !== 'undefined';
  return {
    openFile: async () => ({
      size: file.size,
      async slice(start, end) {
        const part = file.slice(start, Math.min(end, file.size));
        const value = isBrowser
          ? part
          : // The client takes the size from there.
            Object.assign(new Uint8Array(await part.arrayBuffer()), {
              size: part.size,
            });
        return { value, done: end >= file.size };
      },
      close: () => undefined,
    }),
  };
}

/**
 * Sends a file in parts by the tus protocol, and goes on where an earlier attempt of the same file ended.
 * @param onRefused - makes an error of an answer of the portal
 * @returns the id of the upload
 */
export async function sendInParts(
  file: Blob,
  parts: Parts,
  onRefused: (response: Response) => Promise<Error>,
): Promise<string> {
  const { Upload: TusUpload } = await import('tus-js-client');
  const { signal, onProgress, memory } = parts;
  let upload: Upload | undefined;
  const aborted = () => {
    const reason: unknown = signal?.reason;
    // Cancelled, what was sent is removed; paused or left, it is kept.
    const isCancelled = !(reason instanceof UploadPausedError);
    upload?.abort(isCancelled).catch(() => undefined);
    return toError(reason);
  };
  let stalls = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<string>((resolve, reject) => {
    // The client of the protocol waits for ever on a connection that is dead.
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalls++;
        if (stalls > MAX_STALLS) reject(new TypeError(UNREACHABLE));
        upload?.abort().then(() => {
          if (stalls > MAX_STALLS || signal?.aborted) return;
          upload?.start();
          watch();
        }, reject);
      }, STALL_MILLIS);
    };
    upload = new TusUpload(file, {
      endpoint: parts.endpoint,
      metadata: parts.metadata,
      fingerprint: async () => parts.fingerprint,
      fileReader: readerOf(file),
      chunkSize: CHUNK_SIZE,
      retryDelays: RETRY_DELAYS,
      removeFingerprintOnSuccess: true,
      ...(memory ? { urlStorage: memory } : {}),
      async onBeforeRequest(request) {
        const authorization = await parts.authorization();
        if (authorization) request.setHeader('Authorization', authorization);
      },
      onProgress: (sent, total) => {
        watch();
        onProgress?.({ sent, total });
      },
      onSuccess: () => {
        const id = upload?.url?.split('/').pop();
        if (id) resolve(id);
        else reject(new Error('the portal gave the upload no address'));
      },
      onError: error => {
        const response = responseOf(error);
        if (response) onRefused(response).then(reject, reject);
        else if (!isDetailed(error)) reject(error);
        else reject(new TypeError(UNREACHABLE));
      },
    });
    const begin = async (started: Upload) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => reject(aborted()));
      const [earlier] = await started.findPreviousUploads();
      if (earlier) started.resumeFromPreviousUpload(earlier);
      if (signal?.aborted) return;
      started.start();
      watch();
    };
    begin(upload).catch(reject);
  }).finally(() => clearTimeout(timer));
}

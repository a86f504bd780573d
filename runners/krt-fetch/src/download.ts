import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Refusal } from './Refusal';
import type { Settings } from './settings';

/** Statuses below 500 that may pass: timeouts and too many requests. */
const PASSING_STATUSES = [408, 425, 429];

/** What a download needs to know. */
export type DownloadOptions = Pick<
  Settings,
  'url' | 'digest' | 'token' | 'limits'
> & {
  /** Path of the file to write. */
  file: string;
  /** Milliseconds without a byte after which the attempt is given up. */
  stall: number;
  signal: AbortSignal;
  /** Called with the bytes received so far. */
  onProgress: (bytes: number) => void;
};

function refusalOf(status: number): Refusal {
  const reasons: Record<number, string> = {
    401: 'the token is not accepted',
    403: 'the token is not good for this package',
    404: 'the package does not exist',
    410: 'the package does not exist any more',
  };
  return new Refusal(
    `the package was refused with HTTP ${status}${
      reasons[status] ? `: ${reasons[status]}` : ''
    }`,
  );
}

/** Aborts unless it is fed again and again. */
class Watchdog {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly patience: number) {
    this.feed();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  feed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () =>
        this.#controller.abort(
          new Error(`no byte came for ${this.patience / 1000} s`),
        ),
      this.patience,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function request(
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const { url, token } = options;
  const response = await fetch(url, {
    signal,
    headers: {
      // What is hashed are the stored bytes; nothing on the way may encode them once more.
      'accept-encoding': 'identity',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
  });
  if (response.status === 200 && response.body) return response.body;
  await response.body?.cancel();
  if (response.status >= 500 || PASSING_STATUSES.includes(response.status)) {
    throw new Error(`HTTP ${response.status}`);
  }
  throw refusalOf(response.status);
}

/**
 * Writes a package to a file and verifies its digest; one attempt.
 * @returns the bytes written
 * @throws Refusal for what stays as it is; any other error may pass
 */
export async function download(options: DownloadOptions): Promise<number> {
  const watchdog = new Watchdog(options.stall);
  const file = await open(options.file, 'w', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    const body = await request(
      options,
      AbortSignal.any([options.signal, watchdog.signal]),
    );
    for await (const chunk of body) {
      watchdog.feed();
      size += chunk.length;
      if (size > options.limits.packedSize) {
        throw new Refusal(
          `the package has more than ${options.limits.packedSize} bytes`,
        );
      }
      hash.update(chunk);
      await file.writeFile(chunk);
      options.onProgress(size);
    }
  } finally {
    watchdog.stop();
    await file.close();
  }
  const digest = `sha256:${hash.digest('hex')}`;
  if (digest !== options.digest) {
    throw new Refusal(
      `the package is not the one asked for: its digest is ${digest}, not ${options.digest}`,
    );
  }
  return size;
}

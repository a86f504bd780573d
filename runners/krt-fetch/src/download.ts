import type { PartialPackage } from './PartialPackage';
import { requestPackage } from './requestPackage';
import type { Settings } from './settings';
import { Watchdog } from './Watchdog';

/** What an attempt to download needs to know. */
export type DownloadOptions = Pick<Settings, 'url' | 'token'> & {
  /** What earlier attempts got. */
  partial: PartialPackage;
  /** Milliseconds without a byte after which the attempt is given up. */
  stall: number;
  signal: AbortSignal;
  /** Called with the bytes received so far. */
  onProgress: (bytes: number) => void;
};

/** Size of the whole, and where the part begins: `bytes 100-199/200`. */
function readContentRange(response: Response) {
  const text = response.headers.get('content-range') ?? '';
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(text) ?? [];
  return start && size
    ? { start: Number(start), size: Number(size) }
    : undefined;
}

function readLength(response: Response): number | undefined {
  const text = response.headers.get('content-length');
  return text === null ? undefined : Number(text);
}

/** What comes next is written behind what is there, or instead of it. */
async function place(
  response: Response,
  partial: PartialPackage,
): Promise<void> {
  if (response.status === 200) {
    if (partial.position > 0) await partial.beginAgain();
    partial.beginPiece(readLength(response));
    return;
  }
  const range = readContentRange(response);
  const fits =
    response.status === 206 &&
    range?.start === partial.position &&
    (partial.size === undefined || range.size === partial.size);
  if (fits) {
    partial.beginPiece(range.size);
    return;
  }
  await response.body?.cancel();
  await partial.beginAgain();
  throw new Error('the server has not the rest of what came before');
}

/**
 * Goes on with a package until it is whole, and verifies its digest; one attempt.
 * @returns its bytes
 * @throws Refusal for what stays as it is; Delay; any other error may pass
 */
export async function download(options: DownloadOptions): Promise<number> {
  const { partial, onProgress } = options;
  const watchdog = new Watchdog(options.stall);
  try {
    const signal = AbortSignal.any([options.signal, watchdog.signal]);
    // The connection may have been cut behind the last byte.
    if (!partial.isWhole) {
      const from = partial.position;
      const response = await requestPackage({ ...options, from, signal });
      await place(response, partial);
      for await (const chunk of response.body ?? []) {
        watchdog.feed();
        await partial.write(chunk);
        onProgress(partial.position);
      }
    }
  } finally {
    watchdog.stop();
  }
  if (partial.size !== undefined && partial.position < partial.size) {
    throw new Error('the answer ended before the package did');
  }
  return partial.verify();
}

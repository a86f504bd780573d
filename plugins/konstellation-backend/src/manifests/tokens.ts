import { createHmac, timingSafeEqual } from 'node:crypto';

function derive(key: Buffer, purpose: string, ...parts: string[]): string {
  return createHmac('sha256', key)
    .update([purpose, ...parts].join('\0'))
    .digest('base64url');
}

/** For krt-fetch: good for one digest as long as the start it was made for lasts. */
export function packageToken(
  key: Buffer,
  start: { uid: string; startId: string; digest: string },
): string {
  return derive(key, 'package', start.uid, start.startId, start.digest);
}

/** For the internal port of the entrypoints of a release. */
export function internalToken(
  key: Buffer,
  release: { uid: string; startId: string; release: string },
): string {
  const { uid, startId } = release;
  return derive(key, 'internal', uid, startId, release.release);
}

/** Compares in constant time. */
export function isSameToken(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

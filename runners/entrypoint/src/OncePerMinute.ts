const minute = 60_000;
const maxKeys = 1_000;

/** Keeps a log from saying the same thing at every call. */
export class OncePerMinute {
  private seen = new Set<string>();
  private since = 0;

  /** Whether the key comes up for the first time in this minute; past 1,000 keys a minute: no. */
  isFirst(key: string): boolean {
    const now = Date.now();
    if (now - this.since > minute) {
      this.seen = new Set();
      this.since = now;
    }
    if (this.seen.has(key) || this.seen.size >= maxKeys) {
      return false;
    }
    this.seen.add(key);
    return true;
  }
}

import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import { timeKey } from '../domain/timeKey';

interface Kept {
  key: string;
  line: LogLine;
}

const byTime = (a: Kept, b: Kept) =>
  Number(a.key > b.key) - Number(a.key < b.key);

/** The newest of any number of lines that come in any order, in bounded memory. */
export class NewestLines {
  #kept: Kept[] = [];
  #floor: string | undefined;
  #sorted = 0;

  constructor(private readonly most: { lines: number; bytes: number }) {}

  add(line: LogLine): void {
    const key = timeKey(line.at);
    if (this.#floor !== undefined && key < this.#floor) return;
    this.#kept.push({ key, line });
    if (this.#kept.length >= 2 * this.most.lines) this.#compact();
  }

  /** Whether lines of this time or before can be among them no more. */
  isFullAfter(at: Date): boolean {
    if (this.#kept.length !== this.#sorted) this.#compact();
    // The instant may go on for the rest of its millisecond.
    const next = new Date(at.getTime() + 1).toISOString();
    return this.#floor !== undefined && timeKey(next) < this.#floor;
  }

  /** Oldest first. */
  sorted(): LogLine[] {
    this.#compact();
    return this.#kept.map(({ line }) => line);
  }

  #compact(): void {
    this.#kept.sort(byTime);
    let bytes = 0;
    let first = this.#kept.length;
    while (first > 0 && this.#kept.length - first < this.most.lines) {
      bytes += this.#kept[first - 1]?.line.message.length ?? 0;
      if (bytes > this.most.bytes) break;
      first--;
    }
    const isFull = first > 0 || this.#kept.length - first >= this.most.lines;
    this.#kept = this.#kept.slice(first);
    this.#sorted = this.#kept.length;
    if (isFull) this.#floor = this.#kept[0]?.key ?? this.#floor;
  }
}

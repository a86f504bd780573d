import type { Knex } from 'knex';
import type { Database } from './Database';
import type { Millis } from './rows';

/** One run of a container, from its start to its end. */
export interface LogArchiveKey {
  versionUid: string;
  pod: string;
  container: string;
  /** Id the cluster gave the run, or when it began. */
  instance: string;
}

/** What is kept of a run, without its lines. */
export interface LogArchive extends LogArchiveKey {
  node: string;
  /** Number of the run, from 0. */
  restart: number;
  /** Time of its last line; while there is none, when it began. */
  lastAt: Date;
  /** When a process last looked after it. */
  capturedAt: Date;
  /** A process reads its last lines, or died while it did. */
  following: boolean;
  /** Nothing more comes: it was read to its end, or the rest is lost. */
  complete: boolean;
  /** Counts writes of the lines; compared and set. */
  revision: number;
  lines: number;
  /** Of the texts of the lines. */
  bytes: number;
  /** Why lines after the last one are missing; before `complete`, why reading them failed. */
  gap?: string;
}

export type NewLogArchive = Omit<
  LogArchive,
  'capturedAt' | 'following' | 'revision' | 'lines' | 'bytes'
>;

export interface LogArchiveChange {
  following?: boolean;
  complete?: boolean;
  /** undefined leaves it, an empty text removes it. */
  gap?: string;
  /** All lines, in place of those before. */
  lines?: { content: Buffer; count: number; bytes: number; lastAt: Date };
}

interface LogArchiveRow {
  version_uid: string;
  pod: string;
  container: string;
  instance: string;
  node: string;
  restart: number;
  last_at: Millis;
  captured_at: Millis;
  following: boolean | number;
  complete: boolean | number;
  revision: number;
  lines: number;
  bytes: number;
  content: Buffer | null;
  gap: string | null;
}

const KEY = ['version_uid', 'pod', 'container', 'instance'] as const;
const WITHOUT_CONTENT = [
  ...KEY,
  'node',
  'restart',
  'last_at',
  'captured_at',
  'following',
  'complete',
  'revision',
  'lines',
  'bytes',
  'gap',
] as const;

const PAGE = 200;
const BATCH = 100;

const toKey = (key: LogArchiveKey) => ({
  version_uid: key.versionUid,
  pod: key.pod,
  container: key.container,
  instance: key.instance,
});

type ListedRow = Omit<LogArchiveRow, 'content'>;

function toArchive(row: ListedRow): LogArchive {
  return {
    versionUid: row.version_uid,
    pod: row.pod,
    container: row.container,
    instance: row.instance,
    node: row.node,
    restart: row.restart,
    lastAt: new Date(Number(row.last_at)),
    capturedAt: new Date(Number(row.captured_at)),
    following: Boolean(row.following),
    complete: Boolean(row.complete),
    revision: row.revision,
    lines: row.lines,
    bytes: row.bytes,
    gap: row.gap || undefined,
  };
}

/** Logs of containers, a row for each run. Lines are one gzip of NDJSON, which is of the caller's making. */
export class LogArchiveStore {
  constructor(private readonly database: Database) {}

  /** Whether other processes may capture the same logs. */
  get isShared(): boolean {
    return this.database.isShared;
  }

  now(): Date {
    return this.database.now();
  }

  #rows() {
    return this.database.knex<LogArchiveRow>('log_archives');
  }

  /** Notes runs that were seen; those that are known stay as they are. @throws when the version is gone */
  async note(archives: readonly NewLogArchive[]): Promise<void> {
    const captured_at = this.now().getTime();
    for (let at = 0; at < archives.length; at += BATCH) {
      const rows = archives.slice(at, at + BATCH).map(archive => ({
        ...toKey(archive),
        node: archive.node,
        restart: archive.restart,
        last_at: archive.lastAt.getTime(),
        captured_at,
        following: false,
        complete: archive.complete,
        revision: 0,
        lines: 0,
        bytes: 0,
        content: null,
        gap: archive.gap ?? null,
      }));
      await this.#rows()
        .insert(rows)
        .onConflict([...KEY])
        .ignore();
    }
  }

  /** Those that are not complete, and all of these pods. */
  async current(
    versionUid: string,
    pods: readonly string[],
  ): Promise<LogArchive[]> {
    const rows = await this.#rows()
      .where({ version_uid: versionUid })
      .where(either =>
        either.where({ complete: false }).orWhereIn('pod', [...pods]),
      )
      .select(...WITHOUT_CONTENT);
    return rows.map(toArchive);
  }

  /** All of a version, those with the newest lines first, in pages as they are asked for. */
  async *newestFirst(
    versionUid: string,
    filter: { nodes?: readonly string[]; since?: Date } = {},
  ): AsyncGenerator<LogArchive> {
    let last: ListedRow | undefined;
    for (;;) {
      const after = last;
      const select = this.#rows()
        .where({ version_uid: versionUid })
        .orderBy([
          { column: 'last_at', order: 'desc' },
          { column: 'pod' },
          { column: 'container' },
          { column: 'instance' },
        ])
        .limit(PAGE)
        .select(...WITHOUT_CONTENT);
      if (filter.nodes) void select.whereIn('node', [...filter.nodes]);
      const since = filter.since?.getTime();
      if (since !== undefined) {
        // What is missing may be of later than the last line.
        void select.where(either =>
          either
            .where('last_at', '>=', since)
            .orWhere(open => open.where({ complete: false }))
            .orWhere(gap =>
              gap.whereNotNull('gap').where('captured_at', '>=', since),
            ),
        );
      }
      if (after) void select.where(next => whereAfter(next, after));
      const rows: ListedRow[] = await select;
      yield* rows.map(toArchive);
      last = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  }

  /** One with its lines, if it has any. */
  async read(
    key: LogArchiveKey,
  ): Promise<{ archive: LogArchive; content?: Buffer } | undefined> {
    const row = await this.#rows().where(toKey(key)).first();
    if (!row) return undefined;
    return { archive: toArchive(row), content: row.content ?? undefined };
  }

  /** @returns false when another process wrote it since it was read, or it is gone */
  async write(seen: LogArchive, change: LogArchiveChange): Promise<boolean> {
    const { lines, gap, following, complete } = change;
    const changed = await this.#rows()
      .where({ ...toKey(seen), revision: seen.revision })
      .update({
        revision: seen.revision + 1,
        captured_at: this.now().getTime(),
        ...(following !== undefined && { following }),
        ...(complete !== undefined && { complete }),
        ...(gap !== undefined && { gap: gap || null }),
        ...(lines && {
          content: lines.content,
          lines: lines.count,
          bytes: lines.bytes,
          last_at: lines.lastAt.getTime(),
        }),
      });
    return changed > 0;
  }

  /** It is still being looked after. */
  async touch(key: LogArchiveKey): Promise<void> {
    await this.#rows()
      .where(toKey(key))
      .update({ captured_at: this.now().getTime() });
  }

  /** Removes what the newest runs of a container leave no room for. @returns how many */
  async removeOlderRuns(
    container: Pick<LogArchiveKey, 'versionUid' | 'pod' | 'container'>,
    most: { runs: number; lines: number; bytes: number },
  ): Promise<number> {
    const { versionUid, pod, container: name } = container;
    const rows = await this.#rows()
      .where({ version_uid: versionUid, pod, container: name, complete: true })
      .orderBy([
        { column: 'last_at', order: 'desc' },
        { column: 'restart', order: 'desc' },
      ])
      .select('instance', 'lines', 'bytes');
    let [lines, bytes] = [0, 0];
    const older = rows.filter((row, index) => {
      const isFull =
        index >= most.runs || lines >= most.lines || bytes >= most.bytes;
      lines += row.lines;
      bytes += row.bytes;
      return isFull;
    });
    for (const { instance } of older) {
      await this.#rows()
        .where(toKey({ versionUid, pod, container: name, instance }))
        .delete();
    }
    return older.length;
  }

  /** Removes what nobody has looked after since, but for containers that still run. @returns how many */
  async removeOlder(before: Date): Promise<number> {
    let removed = 0;
    for (;;) {
      const rows = await this.#rows()
        .where('captured_at', '<', before.getTime())
        .where(either =>
          either
            .where({ complete: true })
            .orWhereNotExists(started =>
              started
                .from('versions')
                .whereRaw('versions.uid = log_archives.version_uid')
                .where('versions.desired', 'started')
                .select('versions.uid'),
            ),
        )
        .limit(BATCH)
        .select(...KEY);
      for (const { version_uid, pod, container, instance } of rows) {
        removed += await this.#rows()
          .where({ version_uid, pod, container, instance })
          .where('captured_at', '<', before.getTime())
          .delete();
      }
      if (rows.length < BATCH) return removed;
    }
  }
}

/** Those that come after a row in the order of {@link LogArchiveStore.newestFirst}. */
function whereAfter(builder: Knex.QueryBuilder, row: ListedRow): void {
  const { last_at, pod, container, instance } = row;
  void builder
    .where('last_at', '<', last_at)
    .orWhere(same =>
      same
        .where({ last_at })
        .where(names =>
          names
            .where('pod', '>', pod)
            .orWhere(ofPod =>
              ofPod
                .where({ pod })
                .where(name =>
                  name
                    .where('container', '>', container)
                    .orWhere(ofContainer =>
                      ofContainer
                        .where({ container })
                        .where('instance', '>', instance),
                    ),
                ),
            ),
        ),
    );
}

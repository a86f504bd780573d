import type { ContainerLogLine } from '@konstellation/backstage-plugin-konstellation-node';
import { ServiceUnavailableError } from '@backstage/errors';
import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import type { LogArchive } from '../database/LogArchiveStore';
import { gapLine, markerLine } from './gaps';
import type { ContainerInstance } from './instances';
import { mergeLines, unpackLines } from './lines';
import type { LogSource } from './LogSource';
import { NewestLines } from './NewestLines';
import { Slots } from './Slots';
import { behind, type LogPosition } from './times';

/** Lines of one answer. */
const MAX_LINES = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;
const READS_AT_ONCE = 8;
/** How long one log may take; the others are shown without it. */
const READ_MILLIS = 10_000;
/** A container that begins again while it is read is read again, so often at most. */
const ATTEMPTS = 3;

/** Of a line that is of no container. */
const NOWHERE = { node: '', pod: '', container: '' };

/** What containers have written so far. */
export interface PastLines {
  /** Oldest first; the newest there are. */
  lines: LogLine[];
  /** How far each run was read that goes on, by its key. */
  positions: Map<string, LogPosition>;
  /** Keys of runs that were read to their end. */
  ended: Set<string>;
  /** Runs that go on. */
  running: ContainerInstance[];
}

/** Tells runs of containers apart. */
export function keyOf(
  run: Pick<LogArchive, 'pod' | 'container' | 'instance'>,
): string {
  return `${run.pod}/${run.container}/${run.instance}`;
}

/** One reading of the cluster and the archives. */
class PastReading implements PastLines {
  readonly positions = new Map<string, LogPosition>();
  readonly ended = new Set<string>();
  readonly #newest = new NewestLines({ lines: MAX_LINES, bytes: MAX_BYTES });
  /** Runs whose lines are there, or are known to be missing. */
  readonly #done = new Set<string>();
  /** Runs the cluster shows now. */
  #shown: ContainerInstance[] = [];

  constructor(
    private readonly source: LogSource,
    private readonly signal: AbortSignal,
  ) {}

  get running(): ContainerInstance[] {
    return this.#shown.filter(({ ended }) => !ended);
  }

  get lines(): LogLine[] {
    return this.#newest.sorted();
  }

  /** @returns false when a container began again meanwhile, so that lines may be taken for those of another run */
  async fromCluster(): Promise<boolean> {
    const { source } = this;
    try {
      this.#shown = await source.instances();
    } catch (error) {
      this.#addMarker(
        markerLine(
          { at: source.archives.now().toISOString(), ...NOWHERE },
          `Lines that only the cluster has are missing here: ${messageOf(
            error,
          )}`,
        ),
      );
      return true;
    }
    const pods = [...new Set(this.#shown.map(({ pod }) => pod))];
    const archives = new Map(
      (await source.archives.current(source.version.uid, pods)).map(archive => [
        keyOf(archive),
        archive,
      ]),
    );
    const slots = new Slots(READS_AT_ONCE);
    const read = this.#shown.filter(instance => {
      const archive = archives.get(keyOf(instance));
      const isWhole = archive?.complete && archive.gap === undefined;
      if (isWhole) this.ended.add(keyOf(instance));
      return !isWhole;
    });
    await Promise.all(
      read.map(instance =>
        slots.run(() =>
          this.#readLive(instance, archives.get(keyOf(instance))),
        ),
      ),
    );
    if (read.length === 0) return true;
    const after = await source.instances().catch(() => this.#shown);
    return read.every(run => isSame(run, after));
  }

  /** Newest first, until no more of them are wanted. */
  async fromArchives(): Promise<void> {
    const { source } = this;
    const shown = new Set(this.#shown.map(keyOf));
    const archives = source.archives.newestFirst(source.version.uid, {
      nodes: source.nodes,
      since: source.since,
    });
    for await (const archive of archives) {
      if (this.signal.aborted) return;
      if (this.#newest.isFullAfter(archive.lastAt)) return;
      const key = keyOf(archive);
      if (this.#done.has(key)) continue;
      if (archive.lines > 0) {
        const lines = await this.#stored(archive);
        for (const line of lines) this.#add(archive, line);
      }
      const gap =
        archive.complete || !shown.has(key) ? gapLine(archive) : undefined;
      if (gap) this.#addMarker(gap);
    }
  }

  async #readLive(
    instance: ContainerInstance,
    archive: LogArchive | undefined,
  ): Promise<void> {
    const key = keyOf(instance);
    const live: ContainerLogLine[] = [];
    const late = AbortSignal.timeout(READ_MILLIS);
    const signal = AbortSignal.any([this.signal, late]);
    try {
      for await (const line of this.source.read(instance, {
        follow: false,
        signal,
      })) {
        live.push(line);
      }
      if (late.aborted) throw new ServiceUnavailableError('it takes too long');
    } catch (error) {
      // Not begun to write, or gone by now: the archive says.
      if (isNotFound(error) && !instance.ended) return;
      this.#addMarker(
        markerLine(
          { ...instance, at: instance.startedAt.toISOString() },
          `The log of pod ${instance.pod}, container ${
            instance.container
          } could not be read: ${messageOf(error)}`,
        ),
      );
      if (live.length === 0) return;
    }
    this.#done.add(key);
    for (const line of live) {
      this.positions.set(key, behind(line, this.positions.get(key)));
    }
    if (instance.ended) this.ended.add(key);
    const stored =
      archive && archive.lines > 0 ? await this.#stored(archive) : [];
    for (const line of mergeLines(stored, live)) this.#add(instance, line);
  }

  async #stored(archive: LogArchive): Promise<ContainerLogLine[]> {
    const found = await this.source.archives.read(archive);
    return unpackLines(found?.content);
  }

  #add(
    place: Pick<LogLine, 'node' | 'pod' | 'container'>,
    line: ContainerLogLine,
  ): void {
    const shown = this.source.toLine(place, line);
    if (shown) this.#newest.add(shown);
  }

  #addMarker(marker: LogLine): void {
    const shown = this.source.wantedMarker(marker);
    if (shown) this.#newest.add(shown);
  }
}

/** Reads what containers have written so far, from the cluster and from the archives, no line twice. */
export async function readPast(
  source: LogSource,
  signal: AbortSignal,
): Promise<PastLines> {
  for (let attempt = 1; ; attempt++) {
    const reading = new PastReading(source, signal);
    const isSteady = await reading.fromCluster();
    if (!isSteady && attempt < ATTEMPTS && !signal.aborted) continue;
    await reading.fromArchives();
    return reading;
  }
}

/** What was read as the log of a run was that of it: it is where it was, or its pod is gone. */
function isSame(
  run: ContainerInstance,
  after: readonly ContainerInstance[],
): boolean {
  const ofContainer = after.filter(
    ({ pod, container }) => pod === run.pod && container === run.container,
  );
  return (
    ofContainer.length === 0 ||
    ofContainer.some(
      ({ instance, previous }) =>
        instance === run.instance && previous === run.previous,
    )
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

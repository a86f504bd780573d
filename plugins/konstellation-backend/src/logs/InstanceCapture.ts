import { setTimeout as pause } from 'node:timers/promises';
import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import type {
  ClusterClient,
  ContainerLogLine,
} from '@konstellation/backstage-plugin-konstellation-node';
import { timeKey } from '../domain/timeKey';
import type {
  LogArchiveChange,
  LogArchiveKey,
  LogArchiveStore,
} from '../database/LogArchiveStore';
import { GAPS } from './gaps';
import { instancesOf, type ContainerInstance } from './instances';
import {
  bytesOf,
  lastLines,
  mergeLines,
  packLines,
  unpackLines,
  type LogLimits,
} from './lines';
import type { Slots } from './Slots';
import { untilAborted } from './untilAborted';

/** Lines of one log, and of all together, held in memory before they are stored. */
const CHUNK_BYTES = 256 * 1024;
const ALL_CHUNKS_BYTES = 32 * 1024 * 1024;
/** A log that is followed is stored this often: a portal that is killed loses no more. */
const STORE_MILLIS = 2_000;
/** How long reading what there is may take: while a removal waits for it, and otherwise. */
const SNAPSHOT_MILLIS = 4_000;
const READ_MILLIS = 30_000;
/** A pod that takes so much longer to end than its grace period is not waited for. */
const MARGIN_MILLIS = 30_000;
const LOOK_AGAIN_MILLIS = 200;
const WRITE_ATTEMPTS = 10;

export interface InstanceCaptureOptions {
  cluster: ClusterClient;
  archives: LogArchiveStore;
  limits: LogLimits;
  versionUid: string;
  instance: ContainerInstance;
  /** How many logs are put together in memory at once. */
  stores: Slots;
  /** Bytes of lines that all captures together hold. */
  held: { bytes: number };
  signal: AbortSignal;
}

/**
 * Copies the log of one run of a container into its archive. Writes are merged with what is there, so that any number of
 * processes may do it, each cut off anywhere.
 */
export class InstanceCapture {
  readonly #key: LogArchiveKey;
  #instance: ContainerInstance;
  /** Time of the last line that was read. */
  #since: string | undefined;

  constructor(private readonly options: InstanceCaptureOptions) {
    const { instance, versionUid } = options;
    const { pod, container } = instance;
    this.#instance = instance;
    this.#key = { versionUid, pod, container, instance: instance.instance };
  }

  /** Stores all there is of a run that has ended. */
  async ended(): Promise<void> {
    await this.#read(READ_MILLIS);
    await this.#store([], { complete: true, following: false, gap: '' });
  }

  /**
   * Stores what a run has written so far, then what it writes until it has ended, or until its pod stays although it was
   * thought to go.
   * @param onFollowing - called once the first is done, or failed, and the second has begun
   */
  async toEnd(onFollowing: () => void): Promise<void> {
    try {
      await this.#store([], { following: true });
      await this.#read(SNAPSHOT_MILLIS);
    } catch {
      // Following begins with what could not be read.
    }
    const { signal } = this.options;
    const late = AbortSignal.timeout(
      this.#instance.graceMillis + MARGIN_MILLIS,
    );
    let wasAtEnd = false;
    for (;;) {
      try {
        await this.#copy({
          onFollowing,
          signal: AbortSignal.any([signal, late]),
        });
        wasAtEnd = true;
      } catch (error) {
        if (signal.aborted) throw error;
        const left = await this.#look();
        // A kubelet removes containers before it says that the pod has ended.
        if (left?.terminating && wasAtEnd && isNotFound(error)) {
          await this.#store([], { complete: true, following: false, gap: '' });
          return;
        }
        if (left) throw error;
        const gap = isNotFound(error) ? GAPS.late : GAPS.failed(error);
        await this.#store([], { complete: true, following: false, gap });
        return;
      }
      signal.throwIfAborted();
      const now = await this.#look();
      if (!now || now.ended) {
        if (now) await this.#rest();
        await this.#store([], { complete: true, following: false, gap: '' });
        return;
      }
      if (late.aborted) {
        if (now.terminating) {
          throw new ServiceUnavailableError('the pod does not end');
        }
        await this.#store([], { following: false });
        return;
      }
      await pause(LOOK_AGAIN_MILLIS, undefined, { signal });
    }
  }

  /** What came after a stream had ended; the cluster may have forgotten the log by now. */
  async #rest(): Promise<void> {
    try {
      await this.#read(READ_MILLIS);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #read(millis: number): Promise<void> {
    const late = AbortSignal.timeout(millis);
    const signal = AbortSignal.any([this.options.signal, late]);
    await this.#copy({ signal });
    this.options.signal.throwIfAborted();
    if (late.aborted) {
      throw new ServiceUnavailableError(
        `the cluster did not give the log within ${millis} ms`,
      );
    }
  }

  /**
   * Reads from the time of the last line that was read, and stores in chunks. Lines of one instant go together: merging takes
   * the reading that has more of them.
   */
  async #copy(options: {
    /** Follows, if given. */
    onFollowing?: () => void;
    signal: AbortSignal;
  }): Promise<void> {
    const { archives, limits, held } = this.options;
    const { onFollowing } = options;
    let chunk: ContainerLogLine[] = [];
    let instant: ContainerLogLine[] = [];
    let bytes = 0;
    let isChecked = false;
    let storing: Promise<void> = Promise.resolve();
    const failed = new AbortController();
    const signal = AbortSignal.any([options.signal, failed.signal]);
    const storeChunk = async () => {
      const [lines, size] = [chunk, bytes];
      [chunk, bytes] = [[], 0];
      if (lines.length === 0) return;
      try {
        // Asked after the log was opened: a run that is current now was so then.
        if (!isChecked) await this.#check();
        isChecked = true;
        await this.#store(lines, {});
      } finally {
        held.bytes -= size;
      }
    };
    const storeInTurn = () => {
      storing = storing.then(storeChunk);
      storing.catch(error => failed.abort(error));
      return storing;
    };
    const timer = onFollowing
      ? setInterval(() => {
          const isIdle = chunk.length === 0;
          void storeInTurn();
          if (isIdle) archives.touch(this.#key).catch(() => undefined);
        }, STORE_MILLIS)
      : undefined;
    // By then the cluster was asked.
    if (onFollowing) setImmediate(onFollowing);
    try {
      for await (const line of this.#open(signal, Boolean(onFollowing))) {
        const [kept = line] = lastLines([line], limits);
        if (timeKey(instant.at(-1)?.at ?? '') !== timeKey(line.at)) {
          instant = [];
        }
        if (chunk.length === 0) chunk.push(...instant);
        instant.push(kept);
        chunk.push(kept);
        bytes += bytesOf(kept);
        held.bytes += bytesOf(kept);
        this.#since = line.at;
        const isFull = bytes >= CHUNK_BYTES || held.bytes >= ALL_CHUNKS_BYTES;
        if (isFull) await storeInTurn();
      }
    } finally {
      clearInterval(timer);
      // Also of a stream that broke: what was read is kept.
      await storeInTurn().finally(() => {
        held.bytes -= bytes;
      });
    }
    if (!isChecked) await this.#check();
  }

  #open(signal: AbortSignal, follow: boolean) {
    const { namespace, pod, container, previous } = this.#instance;
    return untilAborted(
      this.options.cluster.logs(
        { namespace, name: pod, container },
        {
          follow,
          previous,
          since: this.#since,
          tailLines: this.options.limits.maxLines,
          signal,
        },
      ),
      signal,
    );
  }

  /** The run as its pod tells of it now; undefined when the pod is gone. @throws ConflictError when another run took over */
  async #look(): Promise<ContainerInstance | undefined> {
    const { namespace, pod } = this.#instance;
    const found = await this.options.cluster.get({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      name: pod,
    });
    if (!found) return undefined;
    const now = instancesOf(found).find(
      ({ container, instance }) =>
        container === this.#key.container && instance === this.#key.instance,
    );
    if (!now) throw replaced();
    this.#instance = now;
    return now;
  }

  /** @throws ConflictError when what was opened may be the log of another run */
  async #check(): Promise<void> {
    const { previous } = this.#instance;
    const now = await this.#look();
    if (now && now.previous !== previous) throw replaced();
  }

  async #store(
    fresh: readonly ContainerLogLine[],
    change: LogArchiveChange,
  ): Promise<void> {
    const { archives, stores } = this.options;
    for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
      const isDone = await stores.run(async () => {
        const found = await archives.read(this.#key);
        // Gone with its version, or read to its end by another process.
        if (!found) return true;
        const { archive, content } = found;
        if (archive.complete && archive.gap === undefined) return true;
        const lines = await this.#merged(content, fresh);
        return archives.write(archive, { ...change, ...(lines && { lines }) });
      });
      if (isDone) return;
    }
    throw new ConflictError('other processes write the same log');
  }

  async #merged(
    content: Buffer | undefined,
    fresh: readonly ContainerLogLine[],
  ): Promise<LogArchiveChange['lines']> {
    if (fresh.length === 0) return undefined;
    const stored = await unpackLines(content);
    const lines = lastLines(mergeLines(stored, fresh), this.options.limits);
    const last = new Date(lines.at(-1)?.at ?? '');
    return {
      content: await packLines(lines),
      count: lines.length,
      bytes: lines.reduce((sum, line) => sum + bytesOf(line), 0),
      lastAt: Number.isNaN(last.getTime()) ? this.options.archives.now() : last,
    };
  }
}

function replaced(): ConflictError {
  return new ConflictError('the container was started again meanwhile');
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}

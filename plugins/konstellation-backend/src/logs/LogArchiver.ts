import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  ClusterClient,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { LogArchive, LogArchiveStore } from '../database/LogArchiveStore';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import { Captures, idOf, type Capture } from './Captures';
import { instancesOf, type ContainerInstance } from './instances';
import type { LogLimits } from './lines';
import { missedRuns, reasonOf, toNote } from './notes';
import { within } from './within';

/** How long removing pods waits for what their containers have written. */
const REMOVAL_WAIT_MILLIS = 5_000;
const CLOSE_WITHIN_MILLIS = 5_000;
/** After so long without a sign of life of the process that reads a log, another one takes over. */
const TAKE_OVER_MILLIS = 30_000;
const LOOK_AGAIN_MILLIS = 1_000;

export interface LogArchiverOptions {
  archives: LogArchiveStore;
  limits: LogLimits;
  /** Archives are kept so long after their container ended, in milliseconds. */
  retentionMillis: number;
  logger: LoggerService;
  /** How long {@link LogArchiver.beforeRemoval} may take, in milliseconds. Default: 5,000 */
  removalWaitMillis?: number;
}

/** Whose pods they are. */
export interface ArchivedVersion {
  uid: string;
  /** Nothing is kept of a version that goes. */
  deleting: boolean;
}

/** The runs of some pods with what is known of them, and of all others that are not complete. */
interface Noted {
  runs: ContainerInstance[];
  known: Map<string, LogArchive>;
}

/**
 * Keeps what containers wrote beyond the end of their pods. Level-triggered as the reconciler that calls it: what was missed,
 * cut off or failed is done in the next round as long as the cluster has it, and is a gap with its reason afterwards.
 */
export class LogArchiver {
  readonly #captures: Captures;
  /** Of clusters that end with the portal. */
  readonly #closing: Capture[] = [];

  constructor(private readonly options: LogArchiverOptions) {
    this.#captures = new Captures(options);
  }

  /**
   * Looks at the pods of a version: begins to capture what has ended, follows what ends, and closes what can be had no more.
   * Does not wait for logs, and does not fail.
   * @param pods - all there are of the version
   * @returns when to look again, undefined for when something changes
   */
  async observe(
    cluster: ClusterClient,
    version: ArchivedVersion,
    pods: readonly KubernetesObject[],
  ): Promise<Date | undefined> {
    if (version.deleting) this.#captures.forget(`${version.uid}/`);
    if (version.deleting || this.#captures.isClosed) return undefined;
    try {
      return await this.#observe(cluster, version.uid, pods);
    } catch (error) {
      this.options.logger.warn(
        `the logs of version ${version.uid} could not be looked after: ${error}`,
      );
      return this.#after(LOOK_AGAIN_MILLIS);
    }
  }

  /**
   * To be called before pods are removed: stores what their containers have written, and follows them to their end. Waits for
   * a few seconds at most, and does not fail.
   */
  async beforeRemoval(
    cluster: ClusterClient,
    version: ArchivedVersion,
    pods: readonly KubernetesObject[],
  ): Promise<void> {
    await this.#beforeRemoval(cluster, version, pods);
  }

  /**
   * As {@link LogArchiver.beforeRemoval}, for all pods of a cluster that ends with the portal: to be called before it is
   * closed, and {@link LogArchiver.close} while or after it is.
   */
  async beforeClose(cluster: ClusterClient): Promise<void> {
    const pods = await cluster
      .list({ apiVersion: 'v1', kind: 'Pod' }, { labels: MANAGED_BY })
      .catch(() => []);
    const podsOf = new Map<string, KubernetesObject[]>();
    for (const pod of pods) {
      const uid = pod.metadata.labels?.[LABELS.versionUid];
      if (uid) podsOf.set(uid, [...(podsOf.get(uid) ?? []), pod]);
    }
    const captures = await Promise.all(
      [...podsOf].map(([uid, own]) =>
        this.#beforeRemoval(cluster, { uid, deleting: false }, own),
      ),
    );
    this.#closing.push(...captures.flat());
  }

  /** Waits until nothing is being captured, for so long at most. */
  settled(millis: number): Promise<void> {
    return this.#captures.settled(millis);
  }

  /** Ends what is being captured, once all is of clusters that end with the portal; the next round of any process goes on. */
  async close(): Promise<void> {
    await within(
      CLOSE_WITHIN_MILLIS,
      Promise.all(this.#closing.map(({ done }) => done)),
    );
    this.#captures.close();
    await this.#captures.settled(CLOSE_WITHIN_MILLIS);
  }

  /** Removes archives that are older than they are kept. @returns how many */
  removeExpired(): Promise<number> {
    const { archives, retentionMillis } = this.options;
    return archives.removeOlder(
      new Date(archives.now().getTime() - retentionMillis),
    );
  }

  async #observe(
    cluster: ClusterClient,
    versionUid: string,
    pods: readonly KubernetesObject[],
  ): Promise<Date | undefined> {
    const { runs, known } = await this.#note(versionUid, pods);
    const due: Date[] = [];
    const shown = new Set<string>();
    for (const run of runs) {
      const id = idOf({ versionUid, ...run });
      shown.add(id);
      const archive = known.get(id);
      if (archive && isWhole(archive)) continue;
      if (!run.ended && !run.terminating) continue;
      const retryAt = this.#captures.retryAt(id);
      if (!retryAt) this.#captures.begin(cluster, versionUid, run);
      due.push(retryAt ?? this.#after(LOOK_AGAIN_MILLIS));
    }
    for (const [id, archive] of known) {
      if (archive.complete || shown.has(id)) continue;
      const pod = pods.find(({ metadata }) => metadata.name === archive.pod);
      const dueAt = await this.#closeGap(archive, pod);
      if (dueAt) due.push(dueAt);
    }
    return due.sort((a, b) => a.getTime() - b.getTime())[0];
  }

  /** @returns what goes on then */
  async #beforeRemoval(
    cluster: ClusterClient,
    version: ArchivedVersion,
    pods: readonly KubernetesObject[],
  ): Promise<Capture[]> {
    if (version.deleting || this.#captures.isClosed || pods.length === 0) {
      return [];
    }
    let captures: Capture[] = [];
    const begin = async () => {
      captures = await this.#begin(cluster, version.uid, pods);
      await Promise.all(captures.map(({ begun }) => begun));
    };
    const begun = begin().catch(error =>
      this.options.logger.warn(
        `the logs of version ${version.uid} could not be captured before its pods were removed: ${error}`,
      ),
    );
    await within(this.options.removalWaitMillis ?? REMOVAL_WAIT_MILLIS, begun);
    return captures;
  }

  async #begin(
    cluster: ClusterClient,
    versionUid: string,
    pods: readonly KubernetesObject[],
  ): Promise<Capture[]> {
    const { runs, known } = await this.#note(versionUid, pods);
    return runs
      .filter(run => {
        const archive = known.get(idOf({ versionUid, ...run }));
        return !archive || !isWhole(archive);
      })
      .map(run => this.#captures.begin(cluster, versionUid, run));
  }

  /** Gives everything that was seen a row: what is gone without a trace later was there. */
  async #note(
    versionUid: string,
    pods: readonly KubernetesObject[],
  ): Promise<Noted> {
    const { archives, retentionMillis } = this.options;
    const names = pods.map(({ metadata }) => metadata.name);
    const found = await archives.current(versionUid, names);
    const known = new Map(found.map(archive => [idOf(archive), archive]));
    const kept = new Date(archives.now().getTime() - retentionMillis);
    const shown = pods.flatMap(instancesOf);
    const runs = shown.filter(({ endedAt }) => !endedAt || endedAt >= kept);
    const notes = [
      ...runs
        .filter(run => !known.has(idOf({ versionUid, ...run })))
        .map(run => toNote(versionUid, run)),
      ...missedRuns(versionUid, shown, found, kept),
    ];
    if (notes.length > 0) await archives.note(notes);
    for (const run of runs) {
      const archive = known.get(idOf({ versionUid, ...run }));
      // It was thought to be lost, and is there: what was seen then was old.
      if (archive?.complete && !isWhole(archive)) {
        await archives.write(archive, { complete: false, gap: '' });
      }
    }
    return { runs, known };
  }

  /** The run is shown no more: what is missing of it is lost, unless somebody just reads the end of it. */
  async #closeGap(
    archive: LogArchive,
    pod: KubernetesObject | undefined,
  ): Promise<Date | undefined> {
    const { archives } = this.options;
    const id = idOf(archive);
    if (this.#captures.isRunning(id)) return this.#after(LOOK_AGAIN_MILLIS);
    const takeOver = archive.capturedAt.getTime() + TAKE_OVER_MILLIS;
    if (archives.isShared && takeOver > archives.now().getTime()) {
      return new Date(takeOver);
    }
    this.#captures.forget(id);
    const isWritten = await archives.write(archive, {
      complete: true,
      following: false,
      gap: archive.gap ?? reasonOf(archive, pod),
    });
    return isWritten ? undefined : this.#after(LOOK_AGAIN_MILLIS);
  }

  #after(millis: number): Date {
    return new Date(this.options.archives.now().getTime() + millis);
  }
}

/** Read to its end. */
function isWhole(archive: LogArchive): boolean {
  return archive.complete && archive.gap === undefined;
}

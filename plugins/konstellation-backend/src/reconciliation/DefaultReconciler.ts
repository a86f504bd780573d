import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  ClusterClient,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import { hasPassed } from '../domain/hasPassed';
import type { SolutionRecord, VersionRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import { clusterProblemOf } from './clusterProblem';
import { LoopLoad } from './LoopLoad';
import { Rounds } from './Rounds';
import { reconcileSolution } from './reconcileSolution';
import { reconcileVersion } from './reconcileVersion';
import type { ReleaseContext } from './ReleaseContext';
import { RuntimeRemovals } from './RuntimeRemovals';
import { sweep } from './sweep';
import type { Reconciler } from './types';
import { watchedKinds } from './watchedKinds';

/** Renewed while the work goes on: what a process that died held is taken over after so long. */
const LEASE_MILLIS = 15_000;
/** Most of a round is waiting for the cluster. */
const CONCURRENCY = 8;
/** Where it is not, as on SQLite with the cluster in this process, more at once would only make callers wait. */
const CONCURRENCY_WHEN_BUSY = 2;
const POLL_MILLIS = 500;
const SWEEP_MILLIS = 60_000;
const STOP_WITHIN_MILLIS = 5_000;
/** Changes of one version that come together are one. */
const COALESCE_MILLIS = 20;

interface NamedCluster {
  name: string;
  client: ClusterClient;
}

export interface ReconcilerOptions {
  context: ReleaseContext;
  clusters: NamedCluster[];
  logger: LoggerService;
  now?: () => Date;
  /** How often due work is looked for where nothing tells of it. Default: 500 */
  pollMillis?: number;
  /** Default: 15,000 */
  leaseMillis?: number;
}

/** Claims what is due, brings it to what is wanted, and looks again when the cluster or a command says so. */
export class DefaultReconciler implements Reconciler {
  readonly #rounds: Rounds;
  readonly #woken = new Set<string>();
  readonly #load = new LoopLoad();
  readonly #removals: RuntimeRemovals;
  readonly #leaseMillis: number;
  #watches: Array<{ close(): void }> = [];
  #timers: NodeJS.Timeout[] = [];
  /** Goes on just now. */
  #look: Promise<void> | undefined;
  #isSolutionsTurn = false;
  #again = false;
  #stopped = true;

  constructor(private readonly options: ReconcilerOptions) {
    this.#leaseMillis = options.leaseMillis ?? LEASE_MILLIS;
    this.#rounds = new Rounds({
      logger: options.logger,
      renewMillis: this.#leaseMillis / 3,
      now: this.#now,
      isStopped: () => this.#stopped,
      onEnd: () => this.wake(),
    });
    const { context, logger } = options;
    this.#removals = new RuntimeRemovals({ context, logger, now: this.#now });
  }

  async start(): Promise<void> {
    this.#stopped = false;
    const { clusters, pollMillis = POLL_MILLIS } = this.options;
    await this.#store.wakeAll();
    this.#watches = await Promise.all(
      clusters.map(async cluster =>
        cluster.client.watch(
          watchedKinds(await cluster.client.front(), {
            makesNamespaces: cluster.client.namespaces === undefined,
          }),
          { labels: MANAGED_BY },
          event => this.#onEvent(cluster, event),
        ),
      ),
    );
    this.#timers = [
      setInterval(() => this.wake(), pollMillis),
      setInterval(
        () => clusters.forEach(cluster => this.#sweep(cluster, 'unscheduled')),
        SWEEP_MILLIS,
      ),
    ];
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timers.forEach(timer => clearInterval(timer));
    for (const watch of this.#watches) watch.close();
    const ended = async () => {
      // What it just claims is worked on yet, or nobody would until the leases end.
      await this.#look;
      await this.#rounds.ended();
    };
    await Promise.race([
      ended(),
      new Promise(resolve => setTimeout(resolve, STOP_WITHIN_MILLIS).unref()),
    ]);
  }

  wake(): void {
    if (this.#stopped) return;
    if (this.#look) {
      this.#again = true;
      return;
    }
    this.#look = this.#lookForWork()
      .catch(error =>
        this.options.logger.error(
          'the reconciler could not read its work',
          error,
        ),
      )
      .finally(() => {
        this.#look = undefined;
        if (this.#again) {
          this.#again = false;
          this.wake();
        }
      });
  }

  #onEvent(cluster: NamedCluster, event: WatchEvent): void {
    if (event.type === 'RELISTED') {
      this.#sweep(cluster, 'all');
      return;
    }
    const labels = event.object?.metadata.labels ?? {};
    const uid = labels[LABELS.versionUid];
    const runtime = labels[LABELS.runtime];
    const solution = labels[LABELS.solution];
    if (uid)
      this.#wakeSoon(`version ${uid}`, () => this.#store.wakeVersion(uid));
    // What belongs to no version belongs to a solution, or to the runtime: its first one, which has its id, looks after that.
    const isOfSolution = !uid || event.object?.kind === 'Pod';
    if (runtime && isOfSolution) {
      const id = solution ?? runtime;
      this.#wakeSoon(`solution ${runtime}/${id}`, () =>
        this.#store.wakeSolution(runtime, id),
      );
    }
  }

  #sweep(cluster: NamedCluster, which: 'all' | 'unscheduled'): void {
    this.#rounds.track(
      sweep(this.options.context, cluster, which).catch(error =>
        this.options.logger.warn(
          `the cluster ${cluster.name} could not be looked through: ${error}`,
        ),
      ),
    );
  }

  #wakeSoon(key: string, wake: () => Promise<void>): void {
    if (this.#woken.has(key) || this.#stopped) return;
    this.#woken.add(key);
    setTimeout(() => {
      this.#woken.delete(key);
      if (this.#stopped) return;
      wake().then(
        () => this.wake(),
        error => this.options.logger.warn(`could not wake ${key}`, error),
      );
    }, COALESCE_MILLIS);
  }

  get #store() {
    return this.options.context.store;
  }

  async #lookForWork(): Promise<void> {
    const most = this.#load.isBusy ? CONCURRENCY_WHEN_BUSY : CONCURRENCY;
    const free = most - this.#rounds.size;
    if (free <= 0) return;
    await this.#claim(free);
    if (this.#stopped) return;
    const deleting = await this.#store.deletingRuntimes();
    for (const removal of this.#removals.begin(deleting))
      this.#rounds.track(removal);
  }

  /** Solutions first: callers wait for a switch, nobody for a resync. But not all of it: after a start there are many of both. */
  async #claim(free: number): Promise<void> {
    // Each claim for itself: what is said late of one does not touch the next of the same row.
    const owner = randomUUID();
    const claim = { leaseMillis: this.#leaseMillis, owner };
    this.#isSolutionsTurn = !this.#isSolutionsTurn;
    const share =
      free > 1 ? Math.ceil(free / 2) : Number(this.#isSolutionsTurn);
    const reconcileSolutions = async (limit: number) => {
      if (limit === 0) return 0;
      const solutions = await this.#store.claimSolutions({ ...claim, limit });
      solutions.forEach(each => this.#reconcileSolution(each, owner));
      return solutions.length;
    };
    let left = free;
    const taken = await reconcileSolutions(share);
    left -= taken;
    if (left === 0 || this.#stopped) return;
    const versions = await this.#store.claimVersions({ ...claim, limit: left });
    versions.forEach(each => this.#reconcileVersion(each, owner));
    left -= versions.length;
    // There may be more of them than their share.
    if (taken === share && !this.#stopped) await reconcileSolutions(left);
  }

  #reconcileSolution(solution: SolutionRecord, owner: string): void {
    const { runtime, id, generation } = solution;
    const claim = { runtime, id, owner };
    this.#rounds.run(`solution ${runtime}/${id}`, {
      work: async () => {
        const record = await this.#store.getRuntime(runtime);
        if (!record || record.deleting) return undefined;
        const nextAt = await reconcileSolution(
          this.options.context,
          record,
          solution,
          this.#now,
        );
        const after = await this.#store.getSolution(runtime, id);
        // A command came meanwhile: what it wants is due now.
        return after && after.generation !== generation ? this.#now() : nextAt;
      },
      failed: error => this.#solutionFailed(solution, error),
      renew: () =>
        this.#store.renewSolution({ ...claim, leaseMillis: this.#leaseMillis }),
      release: nextAt => this.#store.releaseSolution({ ...claim, nextAt }),
    });
  }

  #reconcileVersion(version: VersionRecord, owner: string): void {
    const claim = { uid: version.uid, owner };
    this.#rounds.run(`version ${version.runtime}/${version.name}`, {
      work: async () => {
        const record = await this.#store.getRuntime(version.runtime);
        if (!record) return undefined;
        return reconcileVersion(
          this.options.context,
          record,
          version,
          this.#now,
        );
      },
      failed: error => this.#versionFailed(version, error),
      renew: () =>
        this.#store.renewVersion({ ...claim, leaseMillis: this.#leaseMillis }),
      release: nextAt => this.#store.releaseVersion({ ...claim, nextAt }),
    });
  }

  /** While a cluster is away, too, people are told, and deadlines pass. */
  async #versionFailed(version: VersionRecord, error: unknown): Promise<void> {
    const { uid, generation, releaseRevision, next } = version;
    const ref = { uid, generation, releaseRevision };
    const problem = clusterProblemOf(error);
    await this.#store.recordClusterProblem(ref, problem);
    const { configuration } = this.options.context.settings.deadlines;
    if (next && hasPassed(next.since, configuration, this.#now())) {
      await this.#store.dropNext({
        ...ref,
        revision: next.revision,
        problem: `Revision ${next.revision} was dropped: ${problem.message}`,
      });
    }
  }

  async #solutionFailed(
    solution: SolutionRecord,
    error: unknown,
  ): Promise<void> {
    const { runtime, id, generation } = solution;
    if (solution.publication === solution.wantedPublication) return;
    await this.#store.recordSwitchProblem({
      runtime,
      solution: id,
      generation,
      problem: clusterProblemOf(error).message,
    });
  }

  readonly #now = () => this.options.now?.() ?? new Date();
}

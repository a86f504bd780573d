import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  ClusterClient,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import { reconcileSolution } from './reconcileSolution';
import { reconcileVersion } from './reconcileVersion';
import type { ReleaseContext } from './ReleaseContext';
import type { Reconciler } from './types';
import { KINDS } from './versionObjects';

const LEASE_MILLIS = 30_000;
const CONCURRENCY = 8;
const POLL_MILLIS = 500;
const MAX_BACKOFF_MILLIS = 30_000;
const STOP_WITHIN_MILLIS = 5_000;
/** Changes of one version that come together are one. */
const COALESCE_MILLIS = 20;

/** Claims what is due, brings it to what is wanted, and looks again when the cluster or a command says so. */
export class DefaultReconciler implements Reconciler {
  readonly #owner = randomUUID();
  readonly #running = new Set<Promise<void>>();
  readonly #failures = new Map<string, number>();
  readonly #woken = new Set<string>();
  #watches: Array<{ close(): void }> = [];
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #again = false;
  #stopped = true;

  constructor(
    private readonly options: {
      context: ReleaseContext;
      clusters: Array<{ name: string; client: ClusterClient }>;
      logger: LoggerService;
      now?: () => Date;
    },
  ) {}

  async start(): Promise<void> {
    this.#stopped = false;
    await this.options.context.store.wakeAll();
    this.#watches = this.options.clusters.map(({ client }) =>
      client.watch(
        [KINDS.deployment, KINDS.pod, KINDS.configMap, KINDS.service],
        { labels: MANAGED_BY },
        event => this.#onEvent(event),
      ),
    );
    this.#timer = setInterval(() => this.wake(), POLL_MILLIS);
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const watch of this.#watches) watch.close();
    await Promise.race([
      Promise.allSettled(this.#running),
      new Promise(resolve => setTimeout(resolve, STOP_WITHIN_MILLIS).unref()),
    ]);
  }

  wake(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    this.#look()
      .catch(error =>
        this.options.logger.error(
          'the reconciler could not read its work',
          error,
        ),
      )
      .finally(() => {
        this.#looking = false;
        if (this.#again) {
          this.#again = false;
          this.wake();
        }
      });
  }

  #onEvent(event: WatchEvent): void {
    if (event.type === 'RELISTED') {
      this.wake();
      return;
    }
    const labels = event.object?.metadata.labels ?? {};
    const uid = labels[LABELS.versionUid];
    const runtime = labels[LABELS.runtime];
    const solution = labels[LABELS.solution];
    if (uid)
      this.#wakeSoon(`version ${uid}`, () => this.#store.wakeVersion(uid));
    if (event.object?.kind === 'Pod' && runtime && solution) {
      this.#wakeSoon(`solution ${runtime}/${solution}`, () =>
        this.#store.wakeSolution(runtime, solution),
      );
    }
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

  async #look(): Promise<void> {
    const limit = CONCURRENCY - this.#running.size;
    if (limit <= 0) return;
    const claim = { limit, leaseMillis: LEASE_MILLIS, owner: this.#owner };
    // Solutions first: callers wait for a switch, nobody for a resync.
    for (const solution of await this.#store.claimSolutions(claim)) {
      const { runtime, id, generation } = solution;
      this.#run(`solution ${runtime}/${id}`, {
        work: async () => {
          const record = await this.#store.getRuntime(runtime);
          if (!record || record.deleting) return undefined;
          const { context } = this.options;
          const nextAt = await reconcileSolution(
            context,
            record,
            solution,
            this.#now,
          );
          const after = await this.#store.getSolution(runtime, id);
          // A command came meanwhile: what it wants is due now.
          return after && after.generation !== generation
            ? this.#now()
            : nextAt;
        },
        release: nextAt =>
          this.#store.releaseSolution({
            runtime,
            id,
            owner: this.#owner,
            nextAt,
          }),
      });
    }
    for (const version of await this.#store.claimVersions(claim)) {
      const { uid } = version;
      this.#run(`version ${version.runtime}/${version.name}`, {
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
        release: nextAt =>
          this.#store.releaseVersion({ uid, owner: this.#owner, nextAt }),
      });
    }
    for (const runtime of await this.#store.deletingRuntimes()) {
      await this.#removeRuntime(runtime);
    }
  }

  /** Takes the namespace with everything in it, then the rows. */
  async #removeRuntime(runtime: RuntimeRecord): Promise<void> {
    const client = this.options.context.clusters(runtime.cluster);
    const namespace = { ...KINDS.namespace, name: runtime.namespace };
    const found = await client.get(namespace);
    if (!found) {
      await this.#store.removeRuntime(runtime.id);
    } else if (!found.metadata.deletionTimestamp) {
      await client.delete(namespace);
    }
  }

  readonly #now = () => this.options.now?.() ?? new Date();

  #run(
    key: string,
    job: {
      work: () => Promise<Date | undefined>;
      release: (nextAt?: Date) => Promise<void>;
    },
  ): void {
    const running = (async () => {
      let nextAt: Date | undefined;
      try {
        nextAt = await job.work();
        this.#failures.delete(key);
      } catch (error) {
        const failures = (this.#failures.get(key) ?? 0) + 1;
        this.#failures.set(key, failures);
        const pause = Math.min(250 * 2 ** failures, MAX_BACKOFF_MILLIS);
        // Jitter, so that what failed together does not come back together.
        nextAt = new Date(
          this.#now().getTime() + pause * (0.5 + Math.random() / 2),
        );
        this.options.logger.warn(`${key} could not be reconciled: ${error}`);
      }
      await job
        .release(nextAt)
        .catch(error => this.options.logger.warn(`${key}: ${error}`));
    })();
    this.#running.add(running);
    void running.finally(() => {
      this.#running.delete(running);
      this.wake();
    });
  }
}

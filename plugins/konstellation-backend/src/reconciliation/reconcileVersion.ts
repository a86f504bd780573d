import {
  refOf,
  type ClusterClient,
} from '@konstellation/backstage-plugin-konstellation-node';
import { hasPassed } from '../domain/hasPassed';
import { wantedRevisions, type WantedRevision } from '../domain/releases';
import type {
  ObservedState,
  RuntimeRecord,
  VersionRecord,
} from '../domain/types';
import { releaseObjects } from '../manifests/releaseObjects';
import { runtimeObjects } from '../manifests/runtimeObjects';
import { observeVersion, type VersionObjects } from '../status/observeVersion';
import { usedBeforeKill } from '../status/usedBeforeKill';
import { applyObjects } from './applyObjects';
import { checkNamespace, forbidsStart } from './checkNamespace';
import { earliest, expectedAt, resyncAt } from './lookAgain';
import { releaseOf, type ReleaseContext } from './ReleaseContext';
import {
  anchorOf,
  anchorsOf,
  isOfBefore,
  KINDS,
  notWanted,
  objectsBeside,
  readVersionObjects,
  releaseLabel,
  selectionOf,
} from './versionObjects';

/** Said where a second release found no place: the way out. */
const PAUSE_OFFER =
  'To do without room for two, apply the change with "replace with a pause".';

interface Release extends WantedRevision {
  id: string;
}

/** What is wanted of a version, and what of it was seen. */
interface Seen {
  observed: ObservedState;
  /** Of the release that is made ready beside. */
  next?: ObservedState;
}

class VersionRound {
  readonly #cluster: ClusterClient;

  constructor(
    private readonly context: ReleaseContext,
    private readonly runtime: RuntimeRecord,
    private readonly version: VersionRecord,
    private readonly now: () => Date,
  ) {
    this.#cluster = context.clusters(runtime.cluster);
  }

  async run(): Promise<Date | undefined> {
    const version = await this.#retire();
    const releases = wantedRevisions(version).map(wanted => ({
      ...wanted,
      id: releaseOf(version, wanted.revision),
    }));
    let objects = await this.#read();
    const isClear = await this.#prune(objects, releases);
    const there = new Set(
      anchorsOf(objects)
        .filter(anchor => !isOfBefore(anchor, version))
        .map(releaseLabel),
    );
    const [running] = releases;
    // A start never meets leftovers: what ran before goes first.
    const due = isClear || there.has(running?.id ?? '') ? releases : [];
    const forbidden = due.some(({ id }) => !there.has(id))
      ? await this.#forbidden()
      : undefined;
    const made = due.filter(({ id }) => !forbidden || there.has(id));
    for (const release of made) await this.#apply(release, objects);
    objects = await this.#read();
    const seen = await this.#observe(objects, due, made, forbidden);
    const logsAt = await this.context.logs.observe(
      this.#cluster,
      version,
      objects.pods,
    );
    const nextAt =
      (await this.#settleNext(releases, seen)) ??
      (await this.#record(releases, seen));
    return earliest(nextAt, logsAt);
  }

  #read(): Promise<VersionObjects> {
    return readVersionObjects(this.#cluster, this.runtime, this.version.uid);
  }

  /** Why nothing new may run in the namespace. What runs there goes on. */
  async #forbidden(): Promise<ObservedState['problem']> {
    const state = await checkNamespace(this.context, this.runtime);
    const message = forbidsStart(state);
    const [worst] = state.problems;
    return message && worst ? { reason: worst.reason, message } : undefined;
  }

  /** The release that ran before goes once it is time and no caller is sent to it. */
  async #retire(): Promise<VersionRecord> {
    const { version, context } = this;
    const { uid, retiring } = version;
    if (!retiring || retiring.until > this.now()) return version;
    if (await context.store.isPublished(uid, retiring.revision)) return version;
    await context.store.endRetiring(uid, retiring.revision);
    return { ...version, retiring: undefined };
  }

  /** Deletes what is there of other releases, or of before the last command. @returns whether nothing was */
  async #prune(objects: VersionObjects, releases: Release[]): Promise<boolean> {
    const kept = new Set(releases.map(({ id }) => id));
    for (const anchor of anchorsOf(objects)) {
      if (isOfBefore(anchor, this.version)) kept.delete(releaseLabel(anchor));
    }
    const going = anchorsOf(objects).filter(
      anchor =>
        !kept.has(releaseLabel(anchor)) && !anchor.metadata.deletionTimestamp,
    );
    if (going.length > 0) {
      await this.context.logs.beforeRemoval(
        this.#cluster,
        this.version,
        objects.pods.filter(pod => !kept.has(releaseLabel(pod))),
      );
    }
    for (const anchor of going) {
      await this.#cluster.delete({
        ...KINDS.configMap,
        namespace: this.runtime.namespace,
        name: anchor.metadata.name,
      });
    }
    return objectsBeside(objects, kept).length === 0;
  }

  /** @param objects - that are there: what the settings do not ask for any more goes */
  async #apply(
    { revision, id }: Release,
    objects: VersionObjects,
  ): Promise<void> {
    const { context, runtime, version } = this;
    const portal = await context.portalId();
    const cluster = this.#cluster;
    const ofRuntime = { runtime: runtime.id };
    const applied = await applyObjects(context, cluster, ofRuntime, [
      ...runtimeObjects(runtime, portal, cluster.network),
      anchorOf({ runtime, version, revision, release: id }),
    ]);
    const uid = applied.at(-1)?.metadata.uid;
    if (!uid) throw new Error('the cluster gave the anchor no uid');
    const options = await context.releaseOptions(runtime, version, revision);
    const wanted = releaseObjects(options, uid);
    // Before a number is fixed: what scales would change it again.
    for (const object of notWanted(objects, id, wanted)) {
      await cluster.delete(refOf(object));
    }
    const { solution, name } = version;
    await applyObjects(
      context,
      cluster,
      { ...ofRuntime, solution, version: name },
      wanted,
    );
  }

  /**
   * @param due - releases that are to be there by now
   * @param made - those of them that were applied
   * @param forbidden - why others were not
   */
  async #observe(
    objects: VersionObjects,
    due: Release[],
    made: Release[],
    forbidden: ObservedState['problem'],
  ): Promise<Seen> {
    const at = this.now();
    const { version } = this;
    const used = await usedBeforeKill(objects.pods, version.observed, at, () =>
      this.#cluster.metrics(selectionOf(this.runtime, version.uid)),
    );
    const of = (role: WantedRevision['role']) =>
      due.find(release => release.role === role);
    const observe = (release: Release | undefined): ObservedState => {
      const seen = observeVersion(version, release?.id, objects, at, used);
      const isForbidden = forbidden && release && !made.includes(release);
      return isForbidden ? { ...seen, problem: forbidden } : seen;
    };
    const observed = this.#stayReady(observe(of('running')));
    const beside = of('next');
    if (!beside) return { observed };
    const next = observe(beside);
    const waiting = next.nodes.filter(({ status }) => status !== 'READY');
    return {
      next,
      observed: {
        ...observed,
        next: {
          revision: beside.revision,
          ready: next.ready,
          waiting: waiting.map(({ name }) => name),
          ...(next.problem ? { problem: next.problem } : {}),
        },
      },
    };
  }

  /** Once every node was ready, a version is as long as each has somebody who answers: one pod of several may come and go. */
  #stayReady(observed: ObservedState): ObservedState {
    const { observed: before, generation } = this.version;
    const wasReady = before?.generation === generation && before.ready;
    return wasReady && isServing(observed)
      ? { ...observed, ready: true }
      : observed;
  }

  /** A release that got ready beside takes over; one that did not in time goes. @returns when to look again, where it came to that */
  async #settleNext(
    releases: Release[],
    seen: Seen,
  ): Promise<Date | undefined> {
    const { context, version } = this;
    const { store, settings } = context;
    const { next, retiring } = version;
    const release = releases.find(({ role }) => role === 'next');
    if (!next || !release || !seen.next) return undefined;
    const change = {
      uid: version.uid,
      generation: version.generation,
      releaseRevision: version.releaseRevision,
      revision: release.revision,
    };
    // The one before last still has callers: there are never more than two and the one to come.
    const isCrowded = retiring && retiring.revision !== release.revision;
    if (seen.next.ready && !isCrowded) {
      await store.promoteNext({
        ...change,
        observed: seen.next,
        retireAt: this.#after(settings.drainMillis),
      });
      return this.now();
    }
    const { configuration } = settings.deadlines;
    if (!hasPassed(next.since, configuration, this.now())) return undefined;
    await store.dropNext({
      ...change,
      problem: droppedBecause(release.revision, version, seen.next),
    });
    return this.now();
  }

  async #record(
    releases: Release[],
    { observed }: Seen,
  ): Promise<Date | undefined> {
    const { store } = this.context;
    const { uid, generation, releaseRevision, deleting } = this.version;
    const status = await store.recordObserved({
      uid,
      generation,
      releaseRevision,
      observed,
    });
    if (status === undefined) return this.#outdated();
    if (deleting && !observed.present) {
      await store.removeVersion(uid);
      return undefined;
    }
    const [running] = releases;
    if (!running) return observed.present ? this.#soon() : undefined;
    const isSettled = observed.ready && releases.length === 1;
    return isSettled ? resyncAt(uid, this.now()) : this.#soon();
  }

  /** Something changed while this round went on: what it applied may not be wanted any more. */
  async #outdated(): Promise<Date | undefined> {
    const { uid } = this.version;
    if (await this.context.store.getVersion(uid)) return this.now();
    const objects = await this.#read();
    await this.#prune(objects, []);
    return undefined;
  }

  #soon(): Date {
    const { deadlines } = this.context.settings;
    return expectedAt(this.version, deadlines, this.now());
  }

  #after(millis: number): Date {
    return new Date(this.now().getTime() + millis);
  }
}

function isServing({ nodes }: ObservedState): boolean {
  return nodes.every(
    ({ status }) => status === 'READY' || status === 'DEGRADED',
  );
}

function droppedBecause(
  revision: number,
  version: VersionRecord,
  seen: ObservedState,
): string {
  const waiting = seen.nodes
    .filter(({ status }) => status !== 'READY')
    .map(({ name }) => name);
  const notReady = seen.problem
    ? `${seen.problem.node ? `${seen.problem.node}: ` : ''}${
        seen.problem.message
      }`
    : `not ready in time: ${waiting.join(', ')}`;
  const reason = seen.ready
    ? `callers have not left revision ${version.retiring?.revision} in time`
    : notReady;
  const text = `Revision ${revision} was dropped, revision ${version.releaseRevision} runs on. ${reason}.`;
  const isCrowded = /unschedulable|quota/i.test(seen.problem?.reason ?? '');
  return isCrowded ? `${text} ${PAUSE_OFFER}` : text;
}

/**
 * Brings one version to what is wanted and writes down what is seen. Level-triggered: it may run twice, late, or be cut off
 * anywhere, and the next round goes on from what there is.
 * @returns when to look again
 */
export async function reconcileVersion(
  context: ReleaseContext,
  runtime: RuntimeRecord,
  version: VersionRecord,
  now: () => Date,
): Promise<Date | undefined> {
  return new VersionRound(context, runtime, version, now).run();
}

import type {
  ClusterClient,
  ClusterEndpoint,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Pod } from 'kubernetes-types/core/v1';
import type {
  PublicationRecord,
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
} from '../domain/types';
import { namespaceFact } from '../domain/runtimeConditions';
import { ENTRYPOINT, LABELS, publishedServiceName } from '../manifests/naming';
import { runtimeObjects } from '../manifests/runtimeObjects';
import { publicationRefs, solutionObjects } from '../manifests/solutionObjects';
import { applyObjects } from './applyObjects';
import {
  checkNamespace,
  forbidsAll,
  type NamespaceState,
} from './checkNamespace';
import { setGate, type GateState } from './gates';
import { earliest, resyncAt } from './lookAgain';
import { pruneRuntime } from './pruneRuntime';
import { releaseOf, type ReleaseContext } from './ReleaseContext';
import { untilAnswered } from './untilAnswered';
import { KINDS } from './versionObjects';

const RETRY_MILLIS = 500;
/** A namespace that is not as it should be is looked at again. */
const NAMESPACE_AGAIN_MILLIS = 10_000;

interface Target {
  publication: PublicationRecord;
  version: VersionRecord;
  release: string;
}

/** To be published, and its entrypoints as they were listed. */
interface SeenTarget extends Target {
  entrypoints: KubernetesObject[];
}

function isReady(pod: KubernetesObject): boolean {
  const { status }: Pick<Pod, 'status'> = pod as Pod;
  return (
    !pod.metadata.deletionTimestamp &&
    status?.conditions?.some(
      ({ type, status: value }) => type === 'Ready' && value === 'True',
    ) === true
  );
}

class SolutionRound {
  constructor(
    private readonly context: ReleaseContext,
    private readonly cluster: ClusterClient,
    private readonly runtime: RuntimeRecord,
    private readonly solution: SolutionRecord,
    private readonly now: () => Date,
  ) {}

  async run(): Promise<Date | undefined> {
    const { solution } = this;
    if (solution.deleting) return this.#remove();
    // Callers wait for a switch: what it needs to know is read at once. In a namespace that is not as it should be that may fail.
    const [state, target] = await Promise.all([
      checkNamespace(this.context, this.runtime),
      this.#target().then(
        value => () => value,
        error => () => {
          throw error;
        },
      ),
    ]);
    if (this.#isFirst) await this.#recordNamespace(state);
    const forbidden = forbidsAll(state);
    if (forbidden) {
      if (solution.publication !== solution.wantedPublication) {
        await this.#problem(forbidden.message);
      }
      return this.#after(NAMESPACE_AGAIN_MILLIS);
    }
    const nextAt = await this.#switch(target());
    await this.#prune();
    if (state.problems.length > 0) {
      return earliest(nextAt, this.#after(NAMESPACE_AGAIN_MILLIS));
    }
    // Nobody tells of what the owner of a namespace changes.
    return this.#isFirst && this.runtime.bound
      ? nextAt ?? this.#resyncAt()
      : nextAt;
  }

  /** Once for the runtime: with its first solution. */
  get #isFirst(): boolean {
    return this.solution.id === this.runtime.id;
  }

  async #recordNamespace({ problems, quotas }: NamespaceState): Promise<void> {
    const { bound, id, observed } = this.runtime;
    // Of a namespace of the portal's own there is nothing to say until something is wrong.
    if (!bound && problems.length === 0 && !observed?.namespace) return;
    await this.context.store.recordRuntime(id, {
      namespace: namespaceFact(problems),
      ...(bound ? { quotas } : {}),
    });
  }

  #resyncAt(): Date {
    const { runtime, id } = this.solution;
    return resyncAt(`${runtime}/${id}`, this.now());
  }

  async #switch(
    target: SeenTarget | string | undefined,
  ): Promise<Date | undefined> {
    const { solution } = this;
    const switching = solution.publication !== solution.wantedPublication;
    if (typeof target === 'string') {
      await this.#problem(target);
      return this.#after(RETRY_MILLIS);
    }
    const isOpen = target ? await this.#openAll(target) : true;
    if (target && switching && !isOpen) {
      // Callers stay where they are, also where the last attempt had come further.
      await this.#point((await this.#find(solution.publication))?.release);
      await this.#problem(
        `${target.version.name} does not confirm that it lets callers in; trying again`,
      );
      return this.#after(RETRY_MILLIS);
    }
    if (!target && switching) {
      // Unpublish: refused at once, before the address stops pointing there.
      await this.#setOthers('closed', undefined);
    }
    // The Service is there already, but for the first round.
    const [address] = await Promise.all([
      switching ? this.#publishedAddress() : undefined,
      this.#point(target?.release),
    ]);
    if (!switching) {
      const nextAt = await this.#settle(target);
      return isOpen ? nextAt : this.#after(RETRY_MILLIS);
    }

    const reached = await untilAnswered(
      async () => address ?? this.#publishedAddress(),
      target?.release,
    );
    if (!reached) {
      await this.#problem(
        target
          ? `calls to the public address are not answered by ${target.version.name} yet; trying again`
          : 'the public address still answers; trying again',
      );
      return this.#after(RETRY_MILLIS);
    }
    const begun = solution.switchRequestedAt ?? this.now();
    await this.context.store.completeSwitch({
      runtime: this.runtime.id,
      solution: solution.id,
      generation: solution.generation,
      switchMillis: this.now().getTime() - begun.getTime(),
      retireAt: this.#after(this.#drainMillis),
    });
    if (target) await this.#setOthers('draining', target.release);
    return this.#after(this.#drainMillis);
  }

  get #drainMillis(): number {
    return this.context.settings.drainMillis;
  }

  /** Takes the address away, then the rows; the versions go before by themselves. */
  async #remove(): Promise<Date | undefined> {
    const { cluster, runtime, solution } = this;
    let isGone = true;
    for (const ref of publicationRefs({
      runtime,
      solution,
      front: await cluster.front(),
    })) {
      const found = await cluster.get(ref);
      if (!found) continue;
      isGone = false;
      if (!found.metadata.deletionTimestamp) await cluster.delete(ref);
    }
    if (isGone) {
      const { store } = this.context;
      if (await store.removeSolution(runtime.id, solution.id)) return undefined;
    }
    return this.#after(RETRY_MILLIS);
  }

  /** @returns what is to be published, undefined for nothing, or why it cannot be now */
  async #target(): Promise<SeenTarget | string | undefined> {
    const { wantedPublication } = this.solution;
    if (!wantedPublication) return undefined;
    const target = await this.#find(wantedPublication);
    if (!target) return 'the version to be published is not there any more';
    const { release } = target;
    const labels = { [LABELS.release]: release };
    return { ...target, entrypoints: await this.#entrypoints(labels) };
  }

  async #find(id: string | undefined): Promise<Target | undefined> {
    const { store } = this.context;
    const publication = id ? await store.getPublication(id) : undefined;
    const version =
      publication && (await store.getVersion(publication.versionUid));
    if (!publication || !version) return undefined;
    const revision = publication.configurationRevision;
    return { publication, version, release: releaseOf(version, revision) };
  }

  async #entrypoints(labels: Record<string, string>) {
    return this.cluster.list(KINDS.pod, {
      namespace: this.runtime.namespace,
      labels: {
        [LABELS.solution]: this.solution.id,
        [LABELS.node]: ENTRYPOINT,
        ...labels,
      },
    });
  }

  /** Opens every ready entrypoint; true when there is one and all have confirmed. */
  async #openAll(target: SeenTarget): Promise<boolean> {
    const { version, release, entrypoints } = target;
    const ready = entrypoints.filter(isReady);
    const confirmed = await Promise.all(
      ready.map(pod => this.#setGate(pod, version, release, 'open')),
    );
    return confirmed.length > 0 && confirmed.every(Boolean);
  }

  async #setOthers(state: GateState, published: string | undefined) {
    const pods = await this.#entrypoints({});
    await Promise.all(
      pods.filter(isReady).map(async pod => {
        const release = pod.metadata.labels?.[LABELS.release];
        const uid = pod.metadata.labels?.[LABELS.versionUid];
        if (!release || !uid || release === published) return;
        const version = await this.context.store.getVersion(uid);
        if (version) await this.#setGate(pod, version, release, state);
      }),
    );
  }

  async #setGate(
    pod: KubernetesObject,
    version: VersionRecord,
    release: string,
    state: GateState,
  ): Promise<boolean> {
    const address = await this.cluster.address(
      {
        kind: 'Pod',
        namespace: this.runtime.namespace,
        name: pod.metadata.name,
      },
      'internal',
      pod,
    );
    const token = await this.context.internalToken(version, release);
    return setGate(address, state, token).catch(() => false);
  }

  /** Makes the address point to a release, or to nothing. */
  async #point(release: string | undefined): Promise<void> {
    const front = await this.cluster.front();
    const portal = await this.context.portalId();
    const { context, cluster, runtime, solution } = this;
    const place = { runtime: runtime.id, solution: solution.id };
    await applyObjects(context, cluster, place, [
      ...runtimeObjects(runtime, portal, cluster.network),
      ...solutionObjects({ runtime, solution, front, release }),
    ]);
  }

  /** What the settings do not ask for any more goes, whatever came of a switch; after it, as callers wait for that. */
  async #prune(): Promise<void> {
    if (!this.#isFirst) return;
    const portal = await this.context.portalId();
    await pruneRuntime(this.cluster, this.runtime, portal);
  }

  #publishedAddress(): Promise<ClusterEndpoint | undefined> {
    return this.cluster.address(
      {
        kind: 'Service',
        namespace: this.runtime.namespace,
        name: publishedServiceName(this.solution.id),
      },
      'public',
    );
  }

  /** After a switch: those who lost publication drain, then close. */
  async #settle(target: Target | undefined): Promise<Date | undefined> {
    const since = target?.publication.publishedAt;
    const drained = since && new Date(since.getTime() + this.#drainMillis);
    if (drained && drained > this.now()) {
      await this.#setOthers('draining', target.release);
      return drained;
    }
    await this.#setOthers('closed', target?.release);
    return target ? this.#resyncAt() : undefined;
  }

  async #problem(problem: string): Promise<void> {
    await this.context.store.recordSwitchProblem({
      runtime: this.runtime.id,
      solution: this.solution.id,
      generation: this.solution.generation,
      problem,
    });
  }

  #after(millis: number): Date {
    return new Date(this.now().getTime() + millis);
  }
}

/**
 * Brings the public address of a solution to the publication that is wanted: opens the release, points the address to it, and
 * calls the switch done once a call through the address was answered by it. Level-triggered, like everything here.
 * @returns when to look again
 */
export async function reconcileSolution(
  context: ReleaseContext,
  runtime: RuntimeRecord,
  solution: SolutionRecord,
  now: () => Date,
): Promise<Date | undefined> {
  const cluster = context.clusters(runtime.cluster);
  return new SolutionRound(context, cluster, runtime, solution, now).run();
}

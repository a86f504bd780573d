import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type {
  ClusterChoice,
  CreateRuntimeRequest,
  CreateSolutionRequest,
  RuntimeSettings,
  Solution,
  UpdateRuntimeRequest,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Database, NewActivity } from '../database/Database';
import type { RuntimeStore } from '../database/RuntimeStore';
import type { SolutionStore } from '../database/SolutionStore';
import type { RuntimeRecord } from '../domain/types';
import {
  checkComment,
  checkId,
  checkLabels,
  checkName,
  checkOwner,
  checkSettings,
} from '../domain/validation';
import type { Visibility } from '../permissions/visibility';
import type { Clusters } from '../reconciliation/types';
import { bindNamespace } from './bindNamespace';
import type { DefaultVersionService } from './DefaultVersionService';
import { toRuntimeAnswer, toSolutionAnswer } from './presentation';
import { RefusedConflict, RefusedInput } from '../domain/refusals';
import type { Caller, RuntimeQuery } from './types';

const MAX_DESCRIPTION = 2_000;
/** So often somebody else may be faster. */
const MAX_ATTEMPTS = 100;

/** A package to try the product with, on this machine. */
export interface Example {
  package: string;
  runtime: string;
  name: string;
  origins: string[];
}

/** Runtimes and their solutions, without permissions. */
export class DefaultRuntimeService {
  constructor(
    private readonly options: {
      database: Database;
      runtimes: RuntimeStore;
      solutions: SolutionStore;
      versions: DefaultVersionService;
      clusters: Clusters;
      namespacePrefix: string;
      /** Names of the clusters; the first is the default. */
      clusterNames: string[];
      example?: Example;
      /** Called after a command: there is work for the reconciler. */
      wake: () => void;
    },
  ) {}

  async list(query: RuntimeQuery & { visible: Visibility }) {
    const page = await this.options.runtimes.list(query);
    const items = await Promise.all(
      page.items.map(async summary =>
        toRuntimeAnswer(summary, await this.#front(summary.runtime.cluster)),
      ),
    );
    return { ...page, items };
  }

  async get(id: string) {
    const summary = await this.options.runtimes.summary(id);
    return toRuntimeAnswer(summary, await this.#front(summary.runtime.cluster));
  }

  /** @param options.visible - which runtimes the caller may know of, for what a refusal says */
  async create(
    request: CreateRuntimeRequest,
    options: { visible: () => Promise<Visibility> },
    caller: Caller,
  ) {
    checkId(request.id);
    const name = checkName(request.name);
    const settings = request.settings ?? {};
    checkSettings(settings);
    checkLabels(request.labels ?? {});
    const record = {
      id: request.id,
      name,
      description: describe(request.description ?? ''),
      owner:
        request.owner === undefined ? caller.actor : checkOwner(request.owner),
      labels: request.labels ?? {},
      cluster: this.#cluster(request.cluster),
      settings,
      signal: randomBytes(16).toString('hex'),
      revision: 0,
      deleting: false,
      createdBy: caller.actor,
      createdAt: this.options.database.now(),
    };
    const activity: NewActivity = {
      actor: caller.actor,
      type: 'runtime.created',
      runtime: request.id,
      comment: name,
    };
    for (let attempts = 0; ; attempts++) {
      const place = await this.#place(record, request.namespace, options);
      const isDone = await this.options.runtimes.create(
        { ...record, ...place },
        activity,
      );
      if (isDone) break;
      // Another one was faster: what is free now is looked up again. Without a list there is no other.
      if (!place.bound || attempts >= MAX_ATTEMPTS) {
        throw new RefusedConflict(
          'namespace-taken',
          `the namespace "${place.namespace}" of the cluster "${record.cluster}" is taken by another runtime; choose another id`,
        );
      }
    }
    this.options.wake();
    return this.get(request.id);
  }

  /** Where a new runtime goes: into a namespace of its own, or one of those that are there. */
  async #place(
    { id, cluster }: Pick<RuntimeRecord, 'id' | 'cluster'>,
    wanted: string | undefined,
    options: { visible: () => Promise<Visibility> },
  ): Promise<Pick<RuntimeRecord, 'namespace' | 'bound'>> {
    const { clusters, runtimes, namespacePrefix } = this.options;
    const { namespaces } = clusters(cluster);
    if (namespaces) {
      const taken = await runtimes.byNamespace(cluster);
      return {
        bound: true,
        namespace: await bindNamespace({
          cluster,
          namespaces,
          taken,
          wanted,
          ...options,
        }),
      };
    }
    if (wanted !== undefined) {
      throw new RefusedInput(
        'namespace-not-selectable',
        `the cluster "${cluster}" has no namespaces to choose from: the portal makes one for each runtime. Leave "namespace" out`,
      );
    }
    return { bound: false, namespace: `${namespacePrefix}${id}` };
  }

  async listClusters(): Promise<ClusterChoice[]> {
    const { clusters, clusterNames, runtimes } = this.options;
    return Promise.all(
      clusterNames.map(async name => {
        const { namespaces } = clusters(name);
        if (!namespaces) return { name };
        const taken = await runtimes.byNamespace(name);
        return {
          name,
          freeNamespaces: namespaces.filter(each => !taken.has(each)),
        };
      }),
    );
  }

  #cluster(wanted: string | undefined): string {
    const { clusterNames } = this.options;
    const cluster = wanted ?? clusterNames[0];
    if (cluster && clusterNames.includes(cluster)) return cluster;
    throw new InputError(
      `there is no cluster "${cluster ?? ''}"; there are: ${
        clusterNames.join(', ') || 'none'
      }`,
    );
  }

  async update(id: string, request: UpdateRuntimeRequest, caller: Caller) {
    const { runtime } = await this.options.runtimes.summary(id);
    if (runtime.deleting) {
      throw new ConflictError('the runtime is being deleted');
    }
    const { name, description, owner, labels, settings } = request;
    if (settings) checkSettings(settings);
    if (runtime.bound) refuseQuota(runtime, settings);
    if (labels) checkLabels(labels);
    const change = {
      ...(name === undefined ? {} : { name: checkName(name) }),
      ...(description === undefined
        ? {}
        : { description: describe(description) }),
      ...(owner === undefined ? {} : { owner: checkOwner(owner) }),
      ...(labels === undefined ? {} : { labels }),
      ...(settings === undefined
        ? {}
        : { settings: { ...runtime.settings, ...settings } }),
    };
    if (Object.keys(change).length > 0) {
      await this.options.runtimes.update(id, change, {
        actor: caller.actor,
        type: 'runtime.updated',
        runtime: id,
        comment: `Changed ${Object.keys(change).join(', ')}`,
      });
      this.options.wake();
    }
    return this.get(id);
  }

  async delete(id: string, comment: string, caller: Caller) {
    const why = checkComment(comment);
    await this.options.runtimes.summary(id);
    await this.options.runtimes.markDeleting(id, {
      actor: caller.actor,
      type: 'runtime.deleted',
      runtime: id,
      comment: why,
    });
    this.options.wake();
  }

  async listSolutions(runtime: string) {
    return { items: (await this.get(runtime)).solutions };
  }

  async createSolution(
    runtime: string,
    request: CreateSolutionRequest,
    caller: Caller,
  ): Promise<Solution> {
    checkId(request.id);
    const name = checkName(request.name);
    await this.options.solutions.create(
      { runtime, id: request.id, name },
      {
        actor: caller.actor,
        type: 'solution.created',
        runtime,
        solution: request.id,
        comment: name,
      },
    );
    this.options.wake();
    return this.getSolution(runtime, request.id);
  }

  /** @throws NotFoundError */
  async getSolution(runtime: string, id: string): Promise<Solution> {
    const summary = await this.options.runtimes.summary(runtime);
    const solution = summary.solutions.find(candidate => candidate.id === id);
    if (!solution) throw unknownSolution(runtime, id);
    return toSolutionAnswer(
      solution,
      await this.#front(summary.runtime.cluster),
    );
  }

  async deleteSolution(
    runtime: string,
    id: string,
    comment: string,
    caller: Caller,
  ) {
    const why = checkComment(comment);
    if (!(await this.options.solutions.find(runtime, id))) {
      throw unknownSolution(runtime, id);
    }
    if (id === runtime) {
      throw new ConflictError(
        'the first solution belongs to the runtime: delete the runtime instead',
      );
    }
    await this.options.solutions.markDeleting(runtime, id, {
      actor: caller.actor,
      type: 'solution.deleted',
      runtime,
      solution: id,
      comment: why,
    });
    this.options.wake();
  }

  async getExample() {
    const { example } = this.options;
    return example
      ? { available: true, runtime: example.runtime, name: example.name }
      : { available: false };
  }

  /** Safe to repeat: what is there already is answered. */
  async createExample(
    options: { visible: () => Promise<Visibility> },
    caller: Caller,
  ) {
    const { example, runtimes, versions } = this.options;
    if (!example) throw new NotFoundError('this portal brings no example');
    if (!(await runtimes.find(example.runtime))) {
      await this.create(
        {
          id: example.runtime,
          name: example.name,
          description: 'What a house in Windsor, Ontario, may be sold for',
          settings: { origins: example.origins },
        },
        options,
        caller,
      );
    }
    const runtime = await this.get(example.runtime);
    const { items } = await versions.list(example.runtime, { limit: 1 });
    const version =
      items[0] ??
      (await versions.upload(
        example.runtime,
        { bytes: createReadStream(example.package) },
        { mayConfigure: true },
        caller,
      ));
    return { runtime, version };
  }

  #front(cluster: string) {
    return this.options.clusters(cluster).front();
  }
}

function describe(description: string): string {
  return description.trim().slice(0, MAX_DESCRIPTION);
}

function unknownSolution(runtime: string, id: string): NotFoundError {
  return new NotFoundError(`no solution "${id}" in the runtime "${runtime}"`);
}

/** @throws RefusedInput for another quota than the runtime has asked for */
function refuseQuota(
  { namespace, settings }: RuntimeRecord,
  change: RuntimeSettings | undefined,
): void {
  const wanted = change?.quota;
  if (!wanted || isDeepStrictEqual(wanted, settings.quota ?? {})) return;
  throw new RefusedInput(
    'quota-of-namespace',
    `the quota is that of the namespace "${namespace}", which is not the portal's: ask its owner, who changes it with kubectl -n ${namespace} edit resourcequota`,
  );
}

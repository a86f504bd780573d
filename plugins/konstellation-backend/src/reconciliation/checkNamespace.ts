import { isError } from '@backstage/errors';
import type { NamespaceQuota } from '@konstellation/backstage-plugin-konstellation-common';
import type {
  ClusterClient,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import { endingWaitsFor } from '../domain/endingNamespace';
import {
  boundNamespaceProblems,
  madeNamespaceProblems,
  type NamespaceMark,
  type NamespaceProblem,
  type SeenNamespace,
} from '../domain/namespaceProblems';
import type { RuntimeRecord } from '../domain/types';
import { FIELD_MANAGER, LABELS } from '../manifests/naming';
import { runtimePolicies } from '../manifests/networkPolicies';
import { SERVICE_ACCOUNT } from '../manifests/runtimeObjects';
import type { ReleaseContext } from './ReleaseContext';
import { KINDS } from './versionObjects';

/** What a look at the namespace of a runtime saw. */
export interface NamespaceState {
  /** Worst first; empty where it is as it should be. */
  problems: NamespaceProblem[];
  /** Of a namespace that is not the portal's. */
  quotas?: NamespaceQuota[];
}

const isRefused = (error: unknown) =>
  isError(error) && ['NotAllowedError', 'InputError'].includes(error.name);

/** What the cluster refuses, in its words; other errors are thrown. */
async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (isError(error) && isRefused(error)) return error.message;
    throw error;
  }
}

async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

/** Whose something is, by its labels. */
export function markOf({ metadata }: KubernetesObject): NamespaceMark {
  return {
    portal: metadata.labels?.[LABELS.portal],
    runtime: metadata.labels?.[LABELS.runtime],
  };
}

/** What a namespace that is ending waits for, without a full stop. */
export async function readEnding(
  cluster: ClusterClient,
  namespace: KubernetesObject,
): Promise<string> {
  const { status }: Pick<Namespace, 'status'> = namespace as Namespace;
  const pods = await unlessRefused(
    cluster.list(KINDS.pod, { namespace: namespace.metadata.name }),
  );
  return endingWaitsFor(
    status?.conditions ?? [],
    (pods ?? []).map(({ metadata }) => metadata.name),
  );
}

async function seen(
  cluster: ClusterClient,
  namespace: KubernetesObject | undefined,
): Promise<SeenNamespace | undefined> {
  if (!namespace) return undefined;
  const { labels = {}, deletionTimestamp } = namespace.metadata;
  return {
    labels,
    ...(deletionTimestamp
      ? { ending: await readEnding(cluster, namespace) }
      : {}),
  };
}

function toQuota(object: KubernetesObject): NamespaceQuota[] {
  const { metadata, spec, status }: ResourceQuota = object as ResourceQuota;
  // Those with a scope hold for some pods only, such as those of a priority.
  if (spec?.scopes?.length || spec?.scopeSelector) return [];
  const texts = (amounts: Record<string, unknown> = {}) =>
    Object.fromEntries(
      Object.entries(amounts).map(([name, amount]) => [name, String(amount)]),
    );
  return [
    {
      name: metadata?.name ?? '',
      hard: texts(spec?.hard),
      used: texts(status?.used),
    },
  ];
}

/** The quotas of a namespace, by name; undefined where the portal may not list them. */
export async function readQuotas(
  cluster: ClusterClient,
  namespace: string,
): Promise<NamespaceQuota[] | undefined> {
  const found = await unlessRefused(cluster.list(KINDS.quota, { namespace }));
  return found?.flatMap(toQuota).sort((a, b) => a.name.localeCompare(b.name));
}

async function checkBound(
  cluster: ClusterClient,
  runtime: RuntimeRecord,
  portal: string,
): Promise<NamespaceState> {
  const { namespace: name } = runtime;
  let namespace: KubernetesObject | undefined;
  const unreadable = await refusalOf(
    cluster.get({ ...KINDS.namespace, name }).then(found => {
      namespace = found;
    }),
  );
  const isThere = unreadable !== undefined || namespace !== undefined;
  if (!isThere || namespace?.metadata.deletionTimestamp) {
    const ending = { namespace: await seen(cluster, namespace) };
    return { problems: boundNamespaceProblems(runtime, ending, portal) };
  }
  const [policy] = runtimePolicies(runtime, cluster.network);
  const [account, quotas, policiesRefused] = await Promise.all([
    cluster.get({
      ...KINDS.serviceAccount,
      namespace: name,
      name: SERVICE_ACCOUNT,
    }),
    readQuotas(cluster, name),
    policy &&
      refusalOf(
        cluster.apply([policy], { fieldManager: FIELD_MANAGER, dryRun: true }),
      ),
  ]);
  const problems = boundNamespaceProblems(
    runtime,
    {
      namespace: await seen(cluster, namespace),
      unreadable,
      mark: account && markOf(account),
      quotas,
      policiesRefused,
    },
    portal,
  );
  return { problems, quotas };
}

/**
 * Whether the namespace of a runtime is as it has to be: one that the portal makes is its own, one that was there is safe, and has what
 * the settings of the runtime ask for. Changes nothing.
 *
 * @throws ServiceUnavailableError where the cluster cannot be reached
 */
export async function checkNamespace(
  context: ReleaseContext,
  runtime: RuntimeRecord,
): Promise<NamespaceState> {
  const cluster = context.clusters(runtime.cluster);
  const portal = await context.portalId();
  if (runtime.bound) return checkBound(cluster, runtime, portal);
  const found = await cluster.get({
    ...KINDS.namespace,
    name: runtime.namespace,
  });
  return {
    problems: madeNamespaceProblems(
      runtime,
      await seen(cluster, found),
      found ? markOf(found) : {},
      portal,
    ),
  };
}

/** Why nothing may be started in the namespace of a runtime, in sentences; undefined where it may. */
export function forbidsStart({ problems }: NamespaceState): string | undefined {
  const worst = problems.filter(({ forbids }) => forbids !== 'nothing');
  return worst.length > 0
    ? worst.map(({ message }) => message).join(' ')
    : undefined;
}

/** Why nothing of a runtime may be made in its namespace. */
export function forbidsAll({
  problems,
}: NamespaceState): NamespaceProblem | undefined {
  return problems.find(({ forbids }) => forbids === 'everything');
}

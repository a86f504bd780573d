import type { NamespaceQuota } from '@konstellation/backstage-plugin-konstellation-common';
import { parseQuantity } from './quantity';
import type { RuntimeRecord } from './types';

/** Label by which a namespace lets in no pod that could reach beyond its containers. */
export const POD_SECURITY = 'pod-security.kubernetes.io/enforce';

/** Of the portal, which does not know its own. */
const ACCOUNT =
  '--serviceaccount=NAMESPACE-OF-THE-PORTAL:ACCOUNT-OF-THE-PORTAL';

/** Why a namespace is not as a runtime needs it, and the command that mends it. */
export interface NamespaceProblem {
  /** CamelCase, stable. */
  reason: string;
  message: string;
  /** `everything`: nothing of the runtime may be made there; `starts`: nothing new may run there; `nothing`: it is only said. */
  forbids: 'everything' | 'starts' | 'nothing';
}

/** A namespace as the cluster knows it. */
export interface SeenNamespace {
  labels: Record<string, string>;
  /** What its end waits for, where it is ending. */
  ending?: string;
}

/** Who has put something into a namespace, by what is written on it. */
export interface NamespaceMark {
  portal?: string;
  runtime?: string;
}

type Place = Pick<RuntimeRecord, 'id' | 'namespace'>;

/** A problem that is told by a sentence and mended by commands. */
function problem(
  forbids: NamespaceProblem['forbids'],
  reason: string,
  message: string,
  ...commands: string[]
): NamespaceProblem {
  const mend =
    commands.length > 0 ? ` Mend it with: ${commands.join(' && ')}` : '';
  return { forbids, reason, message: `${message}${mend}` };
}

function ending(name: string, waitsFor: string): NamespaceProblem {
  return problem(
    'everything',
    'NamespaceTerminating',
    `The namespace "${name}" is being deleted: ${waitsFor}.`,
  );
}

/**
 * What is wrong with the namespace of a runtime that the portal makes itself.
 *
 * @param namespace - undefined where it is not there yet
 * @param mark - the labels by which the portal knows its own
 * @param portal - id of this portal
 */
export function madeNamespaceProblems(
  runtime: Place,
  namespace: SeenNamespace | undefined,
  mark: NamespaceMark,
  portal: string,
): NamespaceProblem[] {
  const { id, namespace: name } = runtime;
  if (!namespace) return [];
  if (mark.portal !== portal || mark.runtime !== id) {
    const whose = mark.portal
      ? 'was made by another portal, or for another runtime'
      : 'is there already and was not made by this portal';
    return [
      problem(
        'everything',
        'NamespaceTaken',
        `The namespace "${name}" ${whose}. Nothing is put into it: delete the runtime and create it with another id, or, if nobody needs what is in that namespace, delete it.`,
        `kubectl delete namespace ${name}`,
      ),
    ];
  }
  return namespace.ending === undefined ? [] : [ending(name, namespace.ending)];
}

/** What was seen of a namespace that a runtime is bound to. */
export interface BoundNamespace {
  /** Undefined where it is not there. */
  namespace?: SeenNamespace;
  /** Why the Namespace could not be read. */
  unreadable?: string;
  /** Of the account of pods; undefined where nobody has put one there. */
  mark?: NamespaceMark;
  /** Undefined where they could not be read. */
  quotas?: NamespaceQuota[];
  /** Why network policies cannot be made. */
  policiesRefused?: string;
}

/** What is wrong with the namespace a runtime is bound to, worst first. Pure. */
export function boundNamespaceProblems(
  runtime: Place & Pick<RuntimeRecord, 'settings'>,
  seen: BoundNamespace,
  portal: string,
): NamespaceProblem[] {
  const { namespace: name } = runtime;
  const { namespace, mark, unreadable } = seen;
  const label = `kubectl label namespace ${name} ${POD_SECURITY}=restricted --overwrite`;
  if (unreadable === undefined && !namespace) {
    return [
      problem(
        'everything',
        'NamespaceMissing',
        `The namespace "${name}" is not there.`,
        `kubectl create namespace ${name}`,
        label,
      ),
    ];
  }
  if (namespace?.ending !== undefined) return [ending(name, namespace.ending)];
  if (mark && (mark.portal !== portal || mark.runtime !== runtime.id)) {
    return [
      problem(
        'everything',
        'NamespaceTaken',
        `The namespace "${name}" is used by another portal. Nothing is put into it: take it out of the list of one of the portals, or, if the other one is gone, remove what it left.`,
        `kubectl -n ${name} delete configmap,service,ingress,networkpolicy,serviceaccount -l app.kubernetes.io/managed-by=konstellation`,
      ),
    ];
  }
  return [
    ...(unreadable === undefined
      ? []
      : [
          problem(
            'starts',
            'NamespaceUnreadable',
            `Whether pods are safe in the namespace "${name}" cannot be known: ${unreadable}.`,
            `kubectl create clusterrole konstellation-${name} --verb=get --resource=namespaces --resource-name=${name}`,
            `kubectl create clusterrolebinding konstellation-${name} --clusterrole=konstellation-${name} ${ACCOUNT}`,
          ),
        ]),
    ...(namespace && namespace.labels[POD_SECURITY] !== 'restricted'
      ? [
          problem(
            'starts',
            'PodSecurityNotEnforced',
            `The namespace "${name}" does not enforce the Pod Security Standard "restricted", so nothing is started in it.`,
            label,
          ),
        ]
      : []),
    ...(seen.policiesRefused === undefined
      ? []
      : [
          problem(
            'starts',
            'NetworkPoliciesRefused',
            `Network policies cannot be made in the namespace "${name}", so nothing is started in it: ${seen.policiesRefused}.`,
            `kubectl -n ${name} create role konstellation-policies --verb=get,list,watch,create,patch,delete --resource=networkpolicies.networking.k8s.io`,
            `kubectl -n ${name} create rolebinding konstellation-policies --role=konstellation-policies ${ACCOUNT}`,
          ),
        ]),
    ...quotaProblems(runtime, seen.quotas),
  ];
}

function quotaProblems(
  { namespace, settings }: Pick<RuntimeRecord, 'namespace' | 'settings'>,
  quotas: NamespaceQuota[] | undefined,
): NamespaceProblem[] {
  const wanted = Object.entries(settings.quota ?? {});
  if (wanted.length === 0) return [];
  const create = `kubectl -n ${namespace} create quota konstellation --hard=${wanted
    .map(([resource, amount]) => `${resource}=${amount}`)
    .join(',')}`;
  if (!quotas) {
    return [
      problem(
        'nothing',
        'QuotaUnreadable',
        `Whether the namespace "${namespace}" has the quota that is asked for cannot be known: the portal may not list its resourcequotas.`,
        `kubectl -n ${namespace} create role konstellation-quotas --verb=list --resource=resourcequotas`,
        `kubectl -n ${namespace} create rolebinding konstellation-quotas --role=konstellation-quotas ${ACCOUNT}`,
      ),
    ];
  }
  const lacking = wanted.filter(([resource]) => !limitOf(quotas, resource));
  if (lacking.length === wanted.length) {
    return [
      problem(
        'nothing',
        'QuotaMissing',
        `The namespace "${namespace}" has no quota for what the runtime asks for.`,
        create,
      ),
    ];
  }
  return wanted.flatMap(([resource, amount]) => {
    const limit = limitOf(quotas, resource);
    const asked = parseQuantity(amount) ?? 0;
    if (limit && limit.amount >= asked) return [];
    const name = limit?.quota ?? quotas[0]?.name ?? 'konstellation';
    const found = limit ? `allows ${limit.text}` : 'says nothing';
    return [
      problem(
        'nothing',
        'QuotaDiffers',
        `The runtime asks for ${resource} of ${amount}, the quota "${name}" of the namespace "${namespace}" ${found}.`,
        `kubectl -n ${namespace} patch resourcequota ${name} --type=merge -p '${JSON.stringify(
          { spec: { hard: { [resource]: amount } } },
        )}'`,
      ),
    ];
  });
}

/** The bound of a resource: that of the tightest quota that has one. */
export function limitOf(
  quotas: readonly NamespaceQuota[],
  resource: string,
): { quota: string; amount: number; text: string } | undefined {
  return quotas
    .flatMap(({ name, hard }) => {
      const text = hard[resource];
      const amount = text === undefined ? undefined : parseQuantity(text);
      return text === undefined || amount === undefined
        ? []
        : [{ quota: name, amount, text }];
    })
    .sort((a, b) => a.amount - b.amount)[0];
}

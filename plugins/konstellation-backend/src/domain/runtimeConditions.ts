import type { Condition } from '@konstellation/backstage-plugin-konstellation-common';
import type { NamespaceProblem } from './namespaceProblems';
import type { ObservedRuntime, RuntimeRecord } from './types';

/** What is written down of a look at a namespace, but for its time. */
export type SeenFact<Fact> = Omit<Fact, 'since'>;

const READY = {
  ready: true,
  reason: 'NamespaceReady',
  message: 'Versions can run in the namespace.',
};

/** What a look at the namespace of a runtime comes to. */
export function namespaceFact(
  problems: readonly NamespaceProblem[],
): SeenFact<NonNullable<ObservedRuntime['namespace']>> {
  const [worst] = problems;
  if (!worst) return READY;
  return {
    ready: false,
    reason: worst.reason,
    message: problems.map(({ message }) => message).join(' '),
  };
}

/** The conditions of a runtime, from what was seen of its namespace. */
export function runtimeConditions({
  bound,
  deleting,
  observed,
  createdAt,
}: Pick<
  RuntimeRecord,
  'bound' | 'deleting' | 'observed' | 'createdAt'
>): Condition[] {
  const conditions: Condition[] = [];
  const namespace = observed?.namespace;
  if (namespace) {
    conditions.push({
      type: 'NamespaceReady',
      status: namespace.ready ? 'True' : 'False',
      reason: namespace.reason,
      message: namespace.message,
      lastTransitionTime: namespace.since,
    });
  } else if (bound) {
    conditions.push({
      type: 'NamespaceReady',
      status: 'Unknown',
      reason: 'NotCheckedYet',
      message: 'The namespace has not been looked at yet.',
      lastTransitionTime: createdAt.toISOString(),
    });
  }
  if (deleting) {
    const removal = observed?.removal;
    conditions.push({
      type: 'Deleting',
      status: 'True',
      reason: removal?.reason ?? 'InProgress',
      message:
        removal?.message ??
        'It is deleted once the cluster holds nothing of it any more.',
      lastTransitionTime: removal?.since ?? createdAt.toISOString(),
    });
  }
  return conditions;
}

/** Conditions of a Namespace that is ending; of those with the status True it says in words what is left. */
export interface NamespaceCondition {
  type: string;
  status: string;
  message?: string;
}

/** Pods that are named; of more only the number is. */
const MAX_NAMED = 5;

/** Names of pods, or of other things, that something waits for. */
export function named(kind: string, names: readonly string[]): string {
  const shown = [...names].sort().slice(0, MAX_NAMED);
  const more = names.length - shown.length;
  return `${kind} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * What the end of a namespace waits for, without a full stop.
 *
 * @param conditions - of the Namespace
 * @param pods - names of those that are in it yet
 * @see https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/
 */
export function endingWaitsFor(
  conditions: readonly NamespaceCondition[],
  pods: readonly string[],
): string {
  const told = conditions
    .filter(({ status, message }) => status === 'True' && message)
    .map(({ message = '' }) => message.trim().replace(/\.$/, ''));
  const parts = [
    ...(pods.length > 0
      ? [`waiting for the processes of ${named('pod', pods)} to end`]
      : []),
    ...told,
  ];
  return parts.length > 0
    ? parts.join('; ')
    : 'waiting for everything in it to go';
}

import type { RuntimeRecord } from '../domain/types';
import { isVisible, type Visibility } from '../permissions/visibility';
import { RefusedConflict, RefusedInput } from '../domain/refusals';

/** Namespaces and runtimes that are named in a message; of more only the number is. */
const MAX_NAMED = 10;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  const shown = names.slice(0, MAX_NAMED).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Whose the namespaces are, as far as the caller may know. */
function holders(
  taken: ReadonlyMap<string, RuntimeRecord>,
  visible: Visibility,
): string {
  const seen = [...taken]
    .filter(([, runtime]) => isVisible(visible, runtime))
    .map(([namespace, { id, deleting }]) =>
      deleting
        ? `${namespace} by "${id}", which is being deleted`
        : `${namespace} by "${id}"`,
    );
  const hidden = taken.size - seen.length;
  return listed([
    ...seen,
    ...(hidden > 0 ? [`${hidden} by runtimes you may not see`] : []),
  ]);
}

/**
 * The namespace a new runtime is bound to: the one that is wanted, or the first that is free.
 *
 * @param options.cluster - its name
 * @param options.namespaces - that the portal may use there, in the order they are given in
 * @param options.taken - those that have a runtime
 * @param options.visible - which runtimes the caller may know of; asked only where it is refused
 * @throws RefusedInput or RefusedConflict that says who has what
 */
export async function bindNamespace(options: {
  cluster: string;
  namespaces: readonly string[];
  taken: ReadonlyMap<string, RuntimeRecord>;
  wanted?: string;
  visible: () => Promise<Visibility>;
}): Promise<string> {
  const { cluster, namespaces, taken, wanted, visible } = options;
  const free = namespaces.filter(name => !taken.has(name));
  const offer =
    free.length > 0
      ? `free are: ${listed(
          free,
        )}; without "namespace" the first of them is taken`
      : 'none is free';
  if (wanted !== undefined && !namespaces.includes(wanted)) {
    throw new RefusedInput(
      'namespace-unknown',
      `the portal may not use a namespace "${wanted}" of the cluster "${cluster}"; ${offer}`,
    );
  }
  const holder = wanted === undefined ? undefined : taken.get(wanted);
  if (holder) {
    const isSeen = isVisible(await visible(), holder);
    throw new RefusedConflict(
      'namespace-taken',
      `the namespace "${wanted}" is taken by ${
        isSeen ? `the runtime "${holder.id}"` : 'a runtime you may not see'
      }; ${offer}`,
    );
  }
  const namespace = wanted ?? free[0];
  if (namespace !== undefined) return namespace;
  const held = new Map(
    namespaces.flatMap(name => {
      const runtime = taken.get(name);
      return runtime ? [[name, runtime] as const] : [];
    }),
  );
  throw new RefusedConflict(
    'no-free-namespace',
    `no namespace of the cluster "${cluster}" is free, all ${
      namespaces.length
    } are taken: ${holders(
      held,
      await visible(),
    )}. Delete a runtime that is not needed, or have whoever runs the portal add a namespace to konstellation.clusters`,
  );
}

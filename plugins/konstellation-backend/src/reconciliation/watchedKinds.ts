import type {
  IngressFront,
  ObjectKind,
} from '@konstellation/backstage-plugin-konstellation-node';
import { KINDS } from './versionObjects';

/** What comes with a namespace that the portal makes. */
const OF_NAMESPACES = [KINDS.namespace, KINDS.limitRange, KINDS.quota];

/**
 * What a portal makes in a cluster but Secrets, which nobody watches, and what runs of it.
 * @param options.makesNamespaces - false where runtimes are bound to namespaces that are there
 */
export function watchedKinds(
  { entry }: IngressFront,
  { makesNamespaces }: { makesNamespaces: boolean },
): ObjectKind[] {
  const entries =
    entry?.kind === 'Gateway'
      ? [KINDS.httpRoute, KINDS.grpcRoute]
      : [KINDS.ingress];
  return [
    KINDS.deployment,
    KINDS.pod,
    KINDS.configMap,
    KINDS.service,
    KINDS.networkPolicy,
    KINDS.serviceAccount,
    ...(makesNamespaces ? OF_NAMESPACES : []),
    ...entries,
  ];
}

import type {
  IngressFront,
  ObjectKind,
} from '@konstellation/backstage-plugin-konstellation-node';
import { KINDS } from './versionObjects';

/** What a portal makes in a cluster but Secrets, which nobody watches, and what runs of it. */
export function watchedKinds({ entry }: IngressFront): ObjectKind[] {
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
    KINDS.limitRange,
    KINDS.quota,
    KINDS.namespace,
    ...entries,
  ];
}

import {
  DEFAULT_CPU_TARGET,
  type RolloutSettings,
  type RuntimeSettings,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Manifest } from './types';

/** A second GPU is rarely free: there the old pod goes first. */
const GPU_ROLLOUT: RolloutSettings = { maxSurge: 0, maxUnavailable: 1 };
const ROLLOUT: RolloutSettings = { maxSurge: 1, maxUnavailable: 0 };

const LEAST_CPU = '10m';
/**
 * Autoscaling measures use against the request. Against the least, which says nothing about a node, a single call would look like a
 * crowd.
 */
const AUTOSCALED_CPU = '250m';

/** How one node scales, with nothing left open. */
export interface Scaling {
  /** A fixed number of pods, or bounds and the percentage of the requested CPU that is aimed at. */
  pods: { replicas: number } | { min: number; max: number; cpu: number };
  rollout: RolloutSettings;
}

function podsOf(settings: RuntimeSettings, node: string): Scaling['pods'] {
  const { nodes, ...all } = settings.scaling ?? {};
  const own = nodes?.[node];
  // A node that says one of both says all.
  const from = own?.replicas || own?.autoscaling ? own : all;
  if (!from.autoscaling) return { replicas: from.replicas ?? 1 };
  const { min = 1, max, cpu = DEFAULT_CPU_TARGET } = from.autoscaling;
  return { min, max, cpu };
}

/** @param isGpu - its rollout is not that of all nodes, as GPUs are short where others are not */
export function scalingOf(
  settings: RuntimeSettings,
  node: string,
  isGpu: boolean,
): Scaling {
  const { scaling } = settings;
  const byDefault = isGpu ? GPU_ROLLOUT : scaling?.rollout ?? ROLLOUT;
  return {
    pods: podsOf(settings, node),
    rollout: scaling?.nodes?.[node]?.rollout ?? byDefault,
  };
}

/** The most pods there may be at once, but for rollouts. */
export function mostReplicas({ pods }: Scaling): number {
  return 'max' in pods ? pods.max : pods.replicas;
}

/** CPU that a node requests where its resources do not say: never more than it may use. */
export function requestedCpu(settings: RuntimeSettings, node: string): string {
  if (!('max' in podsOf(settings, node))) return LEAST_CPU;
  const { limits, nodes } = settings.resources ?? {};
  return nodes?.[node]?.limits?.cpu ?? limits?.cpu ?? AUTOSCALED_CPU;
}

/**
 * What a Deployment says of it. Without `replicas` where the cluster scales: what is not applied is not owned, so it stays as the
 * autoscaler has it.
 */
export function deploymentScaling({ pods, rollout }: Scaling) {
  return {
    ...('max' in pods ? {} : { replicas: pods.replicas }),
    strategy: { type: 'RollingUpdate', rollingUpdate: rollout },
  };
}

/**
 * What keeps the number of pods of a Deployment, besides itself: what scales it, where there is a maximum, and what keeps the cluster
 * from taking more than one at a time when it drains its nodes.
 *
 * @param work.node - the container whose CPU counts; what a cluster puts beside it does not
 * @param selector - labels of its pods
 */
export function scalingObjects(
  { name, node }: { name: string; node: string },
  selector: Record<string, string>,
  scaling: Scaling,
): Manifest[] {
  const { pods } = scaling;
  const autoscaler: Manifest[] =
    'max' in pods
      ? [
          {
            apiVersion: 'autoscaling/v2',
            kind: 'HorizontalPodAutoscaler',
            spec: {
              scaleTargetRef: {
                apiVersion: 'apps/v1',
                kind: 'Deployment',
                name,
              },
              minReplicas: pods.min,
              maxReplicas: pods.max,
              metrics: [
                {
                  type: 'ContainerResource',
                  containerResource: {
                    name: 'cpu',
                    container: node,
                    target: {
                      type: 'Utilization',
                      averageUtilization: pods.cpu,
                    },
                  },
                },
              ],
            },
          },
        ]
      : [];
  const budget: Manifest[] =
    mostReplicas(scaling) > 1
      ? [
          {
            apiVersion: 'policy/v1',
            kind: 'PodDisruptionBudget',
            spec: {
              // Holds for any number, and never keeps a node of the cluster from being drained: a number that must stay would do so as
              // soon as the autoscaler came down to it.
              maxUnavailable: 1,
              selector: { matchLabels: selector },
              // What does not answer protects nobody.
              unhealthyPodEvictionPolicy: 'AlwaysAllow',
            },
          },
        ]
      : [];
  return [...autoscaler, ...budget];
}

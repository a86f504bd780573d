import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { LABELS } from '../../manifests/naming';
import { asPod } from './objects';

/** How a pod of the simulation fares. All but `ready` last until something else is said of it. */
export type Behaviour =
  /** Ready after some turns of the event loop. */
  | { is: 'ready'; turns?: number }
  /** It runs and its probe fails. */
  | { is: 'unready'; message?: string }
  /** It ends again and again. */
  | { is: 'crashing'; exitCode: number; reason?: string; message?: string }
  /** krt-fetch ends again and again. */
  | { is: 'unfetchable'; exitCode: number; message?: string }
  | { is: 'unschedulable'; message: string }
  | { is: 'unpullable'; message: string };

/** Which pods; what is not named is not asked for. */
export interface PodMatch {
  namespace?: string;
  /** Node of the workflow, or `entrypoint`. */
  node?: string;
  version?: string;
  release?: string;
  /** Of any of its containers. */
  image?: string;
}

export function matchesPod(pod: KubernetesObject, match: PodMatch): boolean {
  const labels = pod.metadata.labels ?? {};
  const is = (wanted: string | undefined, value: string | undefined) =>
    wanted === undefined || wanted === value;
  return (
    is(match.namespace, pod.metadata.namespace) &&
    is(match.node, labels[LABELS.node]) &&
    is(match.version, labels[LABELS.version]) &&
    is(match.release, labels[LABELS.release]) &&
    (match.image === undefined ||
      asPod(pod).spec?.containers.some(
        container => container.image === match.image,
      ) === true)
  );
}

/** What was said of pods; what was said last counts. */
export class Behaviours {
  #said: Array<{ match: PodMatch; behaviour: Behaviour }> = [];

  say(match: PodMatch, behaviour: Behaviour): void {
    this.#said.push({ match, behaviour });
  }

  of(pod: KubernetesObject): Behaviour {
    return (
      this.#said.findLast(({ match }) => matchesPod(pod, match))?.behaviour ?? {
        is: 'ready',
      }
    );
  }

  snapshot() {
    return [...this.#said];
  }

  restore(said: Array<{ match: PodMatch; behaviour: Behaviour }>): void {
    this.#said = [...said];
  }
}

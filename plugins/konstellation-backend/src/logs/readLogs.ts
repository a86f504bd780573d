import { workflowGraphs } from '@konstellation/krt';
import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import type {
  ClusterClient,
  ContainerLogLine,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Pod } from 'kubernetes-types/core/v1';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { LABELS } from '../manifests/naming';
import type { LogFilter } from '../reconciliation/types';
import { KINDS } from '../reconciliation/versionObjects';
import { isAtLeast, parseLine } from './parseLine';

/** Lines of one answer without `follow`; those of the past with it. */
const MAX_LINES = 10_000;
/** Lines that wait for a slow reader before older ones are dropped. */
const MAX_QUEUED = 20_000;
const LOOK_FOR_PODS_MILLIS = 1_000;

interface Source {
  key: string;
  node: string;
  pod: string;
  container: string;
}

function sourcesOf(pods: KubernetesObject[]): Source[] {
  return pods.flatMap(object => {
    const pod = object as Pod;
    const name = object.metadata.name;
    const node = object.metadata.labels?.[LABELS.node] ?? '';
    const containers = [
      ...(pod.spec?.initContainers ?? []),
      ...(pod.spec?.containers ?? []),
    ];
    return containers.map(container => ({
      key: `${name}/${container.name}`,
      node,
      pod: name,
      container: container.name,
    }));
  });
}

function toLine(source: Source, line: ContainerLogLine): LogLine {
  const { key, ...rest } = source;
  return { at: line.at, ...rest, ...parseLine(line.text) };
}

/** Lines of one container; nothing when the cluster does not know it (yet). */
async function* linesOf(
  cluster: ClusterClient,
  namespace: string,
  source: Source,
  options: { follow: boolean; since?: string; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const pod = { namespace, name: source.pod, container: source.container };
  const read = async function* read(previous: boolean) {
    try {
      yield* cluster.logs(pod, {
        ...options,
        follow: options.follow && !previous,
        previous,
        tailLines: MAX_LINES,
      });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'NotFoundError') {
        throw error;
      }
    }
  };
  for (const previous of [true, false]) {
    for await (const line of read(previous)) yield toLine(source, line);
  }
}

/**
 * Lines of all containers of a version, the ended instance before the last restart included. Sorted by time without `follow`;
 * with it, first those there are, sorted, then as they come, new pods included, until the signal aborts.
 */
export async function* readLogs(
  cluster: ClusterClient,
  runtime: RuntimeRecord,
  version: VersionRecord,
  filter: LogFilter,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const workflow = workflowGraphs(version.manifest).find(
    ({ name }) => name === filter.workflow,
  );
  const isWanted = (node: string) =>
    (filter.node === undefined || node === filter.node) &&
    (filter.workflow === undefined ||
      workflow?.nodes.some(({ name }) => name === node) === true);
  const matches = (line: LogLine) =>
    isAtLeast(line.level, filter.level) &&
    (filter.since === undefined || line.at >= filter.since);
  const look = async () => {
    const pods = await cluster.list(KINDS.pod, {
      namespace: runtime.namespace,
      labels: { [LABELS.versionUid]: version.uid },
    });
    return sourcesOf(pods).filter(({ node }) => isWanted(node));
  };

  const past: LogLine[] = [];
  const seen = new Map<string, string>();
  for (const source of await look()) {
    for await (const line of linesOf(cluster, runtime.namespace, source, {
      follow: false,
      since: filter.since,
      signal,
    })) {
      seen.set(source.key, line.at);
      if (matches(line)) past.push(line);
    }
  }
  past.sort((a, b) => a.at.localeCompare(b.at));
  yield* past.slice(-MAX_LINES);
  if (!filter.follow) return;

  const queue: LogLine[] = [];
  let notify: () => void = () => undefined;
  const nextLine = () =>
    new Promise<void>(resolve => {
      notify = resolve;
    });
  const following = new Set<string>();
  const follow = async (source: Source) => {
    const after = seen.get(source.key);
    for await (const line of linesOf(cluster, runtime.namespace, source, {
      follow: true,
      since: after ?? filter.since,
      signal,
    })) {
      if ((after !== undefined && line.at <= after) || !matches(line)) continue;
      if (queue.length >= MAX_QUEUED) queue.shift();
      queue.push(line);
      notify();
    }
  };
  const findPods = async () => {
    for (const source of await look()) {
      if (following.has(source.key)) continue;
      following.add(source.key);
      follow(source).catch(() => undefined);
    }
  };
  await findPods();
  const timer = setInterval(() => {
    findPods().catch(() => undefined);
  }, LOOK_FOR_PODS_MILLIS);
  const onAbort = () => notify();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const line = queue.shift();
      if (line) {
        yield line;
      } else {
        await nextLine();
      }
    }
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

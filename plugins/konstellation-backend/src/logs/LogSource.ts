import { workflowGraphs } from '@konstellation/krt';
import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import type {
  ClusterClient,
  ContainerLogLine,
} from '@konstellation/backstage-plugin-konstellation-node';
import { timeKey } from '../domain/timeKey';
import type { LogArchiveStore } from '../database/LogArchiveStore';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { LABELS } from '../manifests/naming';
import type { LogFilter } from '../reconciliation/types';
import { instancesOf, type ContainerInstance } from './instances';
import { isAtLeast, parseLine } from './parseLine';
import { linesAfter, type LogPosition } from './times';
import { untilAborted } from './untilAborted';

/** Lines of one log that are read from the cluster at most. */
export const TAIL_LINES = 10_000;

function nodesOf(
  version: VersionRecord,
  { workflow, node }: LogFilter,
): string[] | undefined {
  if (workflow === undefined) return node === undefined ? undefined : [node];
  const graph = workflowGraphs(version.manifest).find(
    ({ name }) => name === workflow,
  );
  const names = graph?.nodes.map(({ name }) => name) ?? [];
  return node === undefined ? names : names.filter(name => name === node);
}

/** What is asked of the logs of a version, and where they are. */
export class LogSource {
  /** Nodes whose lines are wanted; undefined for all. */
  readonly nodes: string[] | undefined;
  /** No line before it is wanted. */
  readonly since: Date | undefined;
  readonly #sinceKey: string | undefined;

  constructor(
    readonly cluster: ClusterClient,
    readonly archives: LogArchiveStore,
    private readonly runtime: RuntimeRecord,
    readonly version: VersionRecord,
    readonly filter: LogFilter,
  ) {
    this.nodes = nodesOf(version, filter);
    if (filter.since !== undefined) {
      this.since = new Date(filter.since);
      this.#sinceKey = timeKey(filter.since);
    }
  }

  /** The runs whose logs the cluster may have. */
  async instances(): Promise<ContainerInstance[]> {
    const pods = await this.cluster.list(
      { apiVersion: 'v1', kind: 'Pod' },
      {
        namespace: this.runtime.namespace,
        labels: { [LABELS.versionUid]: this.version.uid },
      },
    );
    return pods
      .flatMap(instancesOf)
      .filter(({ node }) => this.nodes?.includes(node) ?? true);
  }

  /** Lines of one run behind a position; ends when the signal aborts. */
  read(
    instance: ContainerInstance,
    options: { follow: boolean; after?: LogPosition; signal: AbortSignal },
  ): AsyncGenerator<ContainerLogLine> {
    const { follow, after, signal } = options;
    const { namespace, pod, container, previous } = instance;
    const lines = this.cluster.logs(
      { namespace, name: pod, container },
      {
        follow,
        previous,
        since: after?.at ?? this.filter.since,
        tailLines: TAIL_LINES,
        signal,
      },
    );
    return linesAfter(after, untilAborted(lines, signal));
  }

  /** The line as it is shown; undefined when it is not wanted. */
  toLine(
    place: Pick<ContainerInstance, 'node' | 'pod' | 'container'>,
    line: ContainerLogLine,
  ): LogLine | undefined {
    const { node, pod, container } = place;
    return this.wanted({
      at: line.at,
      node,
      pod,
      container,
      ...parseLine(line.text),
    });
  }

  /** The line if it is of the level and time that were asked for. */
  wanted(line: LogLine): LogLine | undefined {
    const isLate =
      this.#sinceKey === undefined || timeKey(line.at) >= this.#sinceKey;
    return isLate && isAtLeast(line.level, this.filter.level)
      ? line
      : undefined;
  }

  /** As {@link LogSource.wanted}; lines that are missing may be of after the time asked for though the last one is not. */
  wantedMarker(line: LogLine): LogLine | undefined {
    const isEarly =
      this.#sinceKey !== undefined && timeKey(line.at) < this.#sinceKey;
    return this.wanted(
      isEarly && this.since ? { ...line, at: this.since.toISOString() } : line,
    );
  }
}

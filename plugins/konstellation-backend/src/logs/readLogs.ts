import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import type { LogArchiveStore } from '../database/LogArchiveStore';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import type { LogFilter } from '../reconciliation/types';
import { followLive } from './followLive';
import { LogSource } from './LogSource';
import { readPast } from './readPast';

/**
 * Lines of all containers of a version, those that are gone included: the newest 10,000 there are in the cluster and in the
 * archives, sorted by time, no line twice; with markers where lines are known to be missing. With `follow` then as they come, new
 * pods included, until the signal aborts.
 */
export async function* readLogs(
  logs: { cluster: ClusterClient; archives: LogArchiveStore },
  runtime: RuntimeRecord,
  version: VersionRecord,
  filter: LogFilter,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { cluster, archives } = logs;
  const source = new LogSource(cluster, archives, runtime, version, filter);
  const past = await readPast(source, signal);
  yield* past.lines;
  if (filter.follow) yield* followLive(source, past, signal);
}

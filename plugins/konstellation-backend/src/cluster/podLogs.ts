import { InputError, NotFoundError } from '@backstage/errors';
import type {
  ContainerLogLine,
  LogOptions,
  PodRef,
} from '@konstellation/backstage-plugin-konstellation-node';
import { timeKey } from '../domain/timeKey';
import type { ApiServer } from './ApiServer';
import { linesOf } from './lines';
import { objectPath } from './paths';

const POD = { apiVersion: 'v1', kind: 'Pod' };

/** `<RFC 3339 with nanoseconds> <text>`, as `timestamps=true` gives it. */
const LINE = /^(\d{4}-\d\d-\d\dT[\d:]{8}(?:\.\d+)?Z) ?(.*)$/s;

/** @throws NotFoundError for words of the kubelet itself, which answers with them, and no error, where it has lost a log */
function readLine(line: string): ContainerLogLine {
  const [, at, text] = LINE.exec(line) ?? [];
  if (at === undefined) throw new NotFoundError(line.slice(0, 500));
  return { at, text: text ?? '' };
}

/**
 * Lines of a container, oldest first, until its log or the signal ends.
 *
 * @throws NotFoundError when the kubelet has no log of it (any more)
 */
export async function* podLogs(
  api: Pick<ApiServer, 'stream'>,
  pod: PodRef,
  options: LogOptions,
): AsyncGenerator<ContainerLogLine> {
  const { follow, previous, since, tailLines, signal } = options;
  const first = since === undefined ? undefined : timeKey(since);
  const end = new AbortController();
  const own = AbortSignal.any(
    [end.signal, signal].filter(each => each !== undefined),
  );
  try {
    const stream = await api.stream({
      what: `logs of ${pod.name}/${pod.container}`,
      path: `${objectPath({ ...POD, ...pod })}/log`,
      query: {
        container: pod.container,
        follow,
        previous,
        tailLines,
        timestamps: true,
        // In whole seconds; what is of before is left out below.
        sinceTime: since && `${new Date(since).toISOString().slice(0, 19)}Z`,
      },
      signal: own,
    });
    for await (const text of linesOf(stream)) {
      const line = readLine(text);
      if (first === undefined || timeKey(line.at) >= first) yield line;
    }
  } catch (error) {
    if (signal?.aborted) return;
    // What is not there yet, and what is not there any more, are both a bad request to the kubelet.
    if (error instanceof InputError) throw new NotFoundError(error.message);
    throw error;
  } finally {
    // Whoever stops reading also ends the connection.
    end.abort();
  }
}

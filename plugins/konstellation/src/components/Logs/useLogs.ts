import { useEffect, useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import type {
  LogLine,
  VersionRef,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { appendLines, noLines, type LogBuffer } from './logLines';

/** Lines come one by one; the page draws them in bunches. */
const FLUSH_MILLIS = 100;
const FIRST_PAUSE_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 30_000;

/** What was read so far. */
export interface Logs extends LogBuffer {
  error?: Error;
}

interface Stream extends Logs {
  key: string;
}

/** Reads logs and, with `follow`, goes on reading, also after the connection broke. */
export function useLogs(
  ref: VersionRef,
  query: { node?: string; follow: boolean },
  /** Begins anew when it changes. */
  revision: string,
): Logs {
  const api = useApi(konstellationApiRef);
  const { runtime, version } = ref;
  const { node, follow } = query;
  const key = [runtime, version, node, revision].join('\n');
  const [stream, setStream] = useState<Stream>({ key, ...noLines });

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let waiting: LogLine[] = [];
    let newest: string | undefined;
    // Lines of the newest instant, which a second read from there brings again.
    let ofNewest = new Set<string>();

    const flush = (error?: Error) => {
      if (signal.aborted || (waiting.length === 0 && !error)) {
        return;
      }
      const lines = waiting;
      waiting = [];
      setStream(current => {
        const buffer = current.key === key ? current : noLines;
        return { key, ...appendLines(buffer, lines), error };
      });
    };
    const take = (line: LogLine) => {
      const identity = `${line.pod} ${line.container} ${line.message}`;
      if (newest !== undefined && line.at === newest) {
        if (ofNewest.has(identity)) {
          return false;
        }
      } else {
        ofNewest = new Set();
        newest = line.at;
      }
      ofNewest.add(identity);
      waiting.push(line);
      return true;
    };

    async function read() {
      let pause = FIRST_PAUSE_MILLIS;
      do {
        try {
          const lines = api.readLogs(
            { runtime, version },
            { node, follow, since: newest },
            { signal },
          );
          for await (const line of lines) {
            if (take(line)) {
              pause = FIRST_PAUSE_MILLIS;
            }
          }
          flush();
        } catch (error) {
          flush(toError(error));
        }
        if (follow) {
          await wait(pause, signal);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
      } while (follow && !signal.aborted);
    }

    setStream({ key, ...noLines });
    read();
    const timer = setInterval(flush, FLUSH_MILLIS);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [api, runtime, version, node, follow, key]);

  return stream.key === key ? stream : noLines;
}

function wait(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

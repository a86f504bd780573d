import { useCallback, useEffect, useRef, useState } from 'react';
import { toError } from '@backstage/errors';

/** Something read from the API and kept on screen while it is read again. */
export interface Resource<T> {
  /** The newest answer; stays while the next one is under way, so that nothing flickers. */
  value?: T;
  /** Why the last read failed. `value` may still hold the answer before. */
  error?: Error;
  /** True until the first answer or error. */
  loading: boolean;
  /** Reads again; while a read is under way, once more after it. */
  reload(): void;
  /** Shows an answer that came by another way (a command), then reads again. */
  replace(value: T): void;
}

interface State<T> {
  key: string | undefined;
  value?: T;
  error?: Error;
}

/**
 * Reads what `key` names. A new key forgets the old answer; an undefined key reads nothing.
 * Reads of the same key never overlap and the read under way is aborted on unmount.
 */
export function useResource<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
): Resource<T> {
  const [state, setState] = useState<State<T>>({ key });
  const latestLoad = useRef(load);
  const restart = useRef<() => void>(() => {});

  useEffect(() => {
    latestLoad.current = load;
  });

  useEffect(() => {
    if (key === undefined) {
      return undefined;
    }
    let controller: AbortController | undefined;
    let again = false;
    let ended = false;

    async function start() {
      if (controller) {
        again = true;
        return;
      }
      controller = new AbortController();
      try {
        const value = await latestLoad.current(controller.signal);
        if (!ended) {
          setState({ key, value });
        }
      } catch (error) {
        if (!ended) {
          setState(previous => ({
            key,
            value: previous.key === key ? previous.value : undefined,
            error: toError(error),
          }));
        }
      }
      controller = undefined;
      if (again && !ended) {
        again = false;
        await start();
      }
    }

    restart.current = start;
    start();
    return () => {
      ended = true;
      restart.current = () => {};
      controller?.abort();
    };
  }, [key]);

  const reload = useCallback(() => {
    restart.current();
  }, []);
  const replace = useCallback(
    (value: T) => {
      setState({ key, value });
      restart.current();
    },
    [key],
  );

  // The state of another key is not shown for a moment as if it were this one's.
  const current: State<T> = state.key === key ? state : { key };
  return {
    value: current.value,
    error: current.error,
    loading: !current.value && !current.error && key !== undefined,
    reload,
    replace,
  };
}

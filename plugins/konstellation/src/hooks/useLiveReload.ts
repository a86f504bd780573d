import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { signalChannel } from '@konstellation/backstage-plugin-konstellation-common';

/** Catches what a lost signal would have said. */
const POLL_MILLIS = 15_000;
/** Without signals, while something is on its way to another state. */
const CHANGING_POLL_MILLIS = 2_000;

/**
 * Calls `reload` when one of the runtimes says that it changed, and now and then in a visible tab, for portals
 * without the signals plugin and for signals that got lost.
 *
 * @param signals - `signal` of the runtimes shown; undefined ones are not known yet.
 */
export function useLiveReload(
  reload: () => void,
  signals: Array<string | undefined>,
  options: { changing?: boolean } = {},
): void {
  // Not useSignal: a list follows one channel per runtime, and a hook cannot be called a varying number of times.
  const signalApi = useApiHolder().get(signalApiRef);
  const latestReload = useRef(reload);
  useEffect(() => {
    latestReload.current = reload;
  });

  const channels = signals
    .filter((signal): signal is string => Boolean(signal))
    .map(signalChannel)
    .join('\n');

  useEffect(() => {
    if (!signalApi || !channels) {
      return undefined;
    }
    const subscriptions = channels.split('\n').map(channel => {
      let seen: number | undefined;
      return signalApi.subscribe<{ revision: number }>(channel, message => {
        if (seen === undefined || message.revision > seen) {
          seen = message.revision;
          latestReload.current();
        }
      });
    });
    return () => subscriptions.forEach(each => each.unsubscribe());
  }, [signalApi, channels]);

  const millis =
    options.changing && !signalApi ? CHANGING_POLL_MILLIS : POLL_MILLIS;

  useEffect(() => {
    const isVisible = () => document.visibilityState === 'visible';
    const onVisible = () => isVisible() && latestReload.current();
    const timer = setInterval(onVisible, millis);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [millis]);
}

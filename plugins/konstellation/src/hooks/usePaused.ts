import { useEffect, useState } from 'react';

const PAUSE_MILLIS = 250;

/** The value once it stopped changing, so that not every key asks the server. */
export function usePaused<T>(value: T): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MILLIS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

import { useState } from 'react';
import { toError } from '@backstage/errors';

/** Something a button does that may fail. */
export interface Action {
  run(): Promise<void>;
  pending: boolean;
  /** Why the last attempt failed. */
  error?: Error;
}

/** Runs one at a time, and keeps why it failed for the place beside the button. */
export function useAction(act: () => Promise<void>): Action {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error>();
  const run = async () => {
    if (pending) {
      return;
    }
    setPending(true);
    setError(undefined);
    try {
      await act();
    } catch (thrown) {
      setError(toError(thrown));
    }
    setPending(false);
  };
  return { run, pending, error };
}

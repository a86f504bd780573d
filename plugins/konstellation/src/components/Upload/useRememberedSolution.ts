import { useState } from 'react';
import { storageApiRef, useApi } from '@backstage/core-plugin-api';

/** The solution of a runtime that was uploaded to last, on this device or of this user as the portal keeps settings. */
export function useRememberedSolution(
  runtime: string,
): [string | undefined, (solution: string) => void] {
  const storage = useApi(storageApiRef).forBucket('konstellation.upload');
  const [chosen, setChosen] = useState<string>();
  return [
    chosen ?? storage.snapshot<string>(runtime).value,
    solution => {
      setChosen(solution);
      // Not remembered is no reason not to upload.
      storage.set(runtime, solution).catch(() => undefined);
    },
  ];
}

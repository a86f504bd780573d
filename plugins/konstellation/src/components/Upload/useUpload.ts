import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import {
  KrtRefusedError,
  UploadPausedError,
  type KrtProblem,
  type Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { checkPackage } from './checkPackage';
import { readManifestText } from './readManifestText';

/** A package that was found to be fine. */
interface Checked {
  file: File;
  /** The one the version will belong to; the first of the runtime where undefined. */
  solution: string | undefined;
  digest: string;
  warnings: KrtProblem[];
}

/** Where an upload stands. */
export type UploadState =
  | { step: 'idle' }
  | { step: 'checking'; file: File; done: number }
  | { step: 'uploading'; file: File; sent: number; bytesPerSecond: number }
  | { step: 'paused'; file: File; sent: number }
  | {
      step: 'refused';
      file: File;
      by: 'browser' | 'portal';
      problems: KrtProblem[];
      manifest?: string;
    }
  | { step: 'failed'; file: File; error: Error };

/** Bytes a second since the first progress, which may begin in the middle. */
function speedometer() {
  const began = performance.now();
  let first: number | undefined;
  return (sent: number) => {
    first ??= sent;
    const seconds = (performance.now() - began) / 1000;
    return seconds > 0 ? Math.max(0, sent - first) / seconds : 0;
  };
}

/**
 * Checks a package in the browser, then uploads it. One at a time. Leaving the page pauses it: the same file goes on where it
 * was.
 */
export function useUpload(
  runtime: string,
  onUploaded: (version: Version, warnings: KrtProblem[]) => void,
) {
  const api = useApi(konstellationApiRef);
  const [state, setState] = useState<UploadState>({ step: 'idle' });
  const running = useRef<AbortController>();
  const checked = useRef<Checked>();

  useEffect(() => () => running.current?.abort(new UploadPausedError()), []);

  const begin = useCallback(() => {
    running.current?.abort(new UploadPausedError());
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    const show = (next: UploadState) => {
      if (!signal.aborted) setState(next);
    };
    return { signal, show };
  }, []);

  const refuse = useCallback(
    async (
      { signal, show }: ReturnType<typeof begin>,
      refusal: {
        file: File;
        by: 'browser' | 'portal';
        problems: KrtProblem[];
      },
    ) => {
      const manifest = await readManifestText(refusal.file, signal);
      show({ step: 'refused', ...refusal, manifest });
    },
    [],
  );

  const send = useCallback(
    async (
      { file, solution, digest, warnings }: Checked,
      run: ReturnType<typeof begin>,
    ) => {
      const { signal, show } = run;
      const speedOf = speedometer();
      show({ step: 'uploading', file, sent: 0, bytesPerSecond: 0 });
      try {
        const version = await api.uploadVersion(runtime, file, {
          solution,
          digest,
          signal,
          onProgress: progress => {
            const sent = Math.min(progress.sent, file.size);
            show({
              step: 'uploading',
              file,
              sent,
              bytesPerSecond: speedOf(sent),
            });
          },
        });
        if (!signal.aborted) onUploaded(version, warnings);
      } catch (thrown) {
        const error = toError(thrown);
        if (error instanceof KrtRefusedError) {
          await refuse(run, { file, by: 'portal', problems: error.problems });
        } else {
          show({ step: 'failed', file, error });
        }
      }
    },
    [api, runtime, onUploaded, refuse],
  );

  const upload = useCallback(
    async (file: File, solution?: string) => {
      const run = begin();
      try {
        run.show({ step: 'checking', file, done: 0 });
        const { problems, digest } = await checkPackage(file, {
          signal: run.signal,
          onProgress: done => run.show({ step: 'checking', file, done }),
        });
        if (problems.some(each => each.severity === 'error')) {
          await refuse(run, { file, by: 'browser', problems });
          return;
        }
        checked.current = { file, solution, digest, warnings: problems };
        await send(checked.current, run);
      } catch (thrown) {
        run.show({ step: 'failed', file, error: toError(thrown) });
      }
    },
    [begin, refuse, send],
  );

  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setState({ step: 'idle' });
  }, []);

  const pause = useCallback(() => {
    running.current?.abort(new UploadPausedError());
    setState(current =>
      current.step === 'uploading'
        ? { step: 'paused', file: current.file, sent: current.sent }
        : current,
    );
  }, []);

  const resume = useCallback(() => {
    if (checked.current) send(checked.current, begin());
  }, [begin, send]);

  return { state, upload, cancel, pause, resume };
}

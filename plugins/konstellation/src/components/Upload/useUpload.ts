import { useCallback, useEffect, useRef, useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { toError } from '@backstage/errors';
import {
  KrtRefusedError,
  type KrtProblem,
  type Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { checkPackage } from './checkPackage';
import { readManifestText } from './readManifestText';

/** Where an upload stands. */
export type UploadState =
  | { step: 'idle' }
  | { step: 'checking'; file: File; done: number }
  | { step: 'uploading'; file: File; sent: number; bytesPerSecond: number }
  | {
      step: 'refused';
      file: File;
      by: 'browser' | 'portal';
      problems: KrtProblem[];
      manifest?: string;
    }
  | { step: 'failed'; file: File; error: Error };

/** Checks a package in the browser, then uploads it. One at a time; leaving the page ends it. */
export function useUpload(
  runtime: string,
  onUploaded: (version: Version) => void,
) {
  const api = useApi(konstellationApiRef);
  const [state, setState] = useState<UploadState>({ step: 'idle' });
  const running = useRef<AbortController>();

  useEffect(() => () => running.current?.abort(), []);

  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setState({ step: 'idle' });
  }, []);

  const upload = useCallback(
    async (file: File) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      const { signal } = controller;
      const show = (next: UploadState) => !signal.aborted && setState(next);

      const refuse = async (
        by: 'browser' | 'portal',
        problems: KrtProblem[],
      ) => {
        const manifest = await readManifestText(file, signal);
        show({ step: 'refused', file, by, problems, manifest });
      };

      try {
        show({ step: 'checking', file, done: 0 });
        const problems = await checkPackage(file, {
          signal,
          onProgress: done => show({ step: 'checking', file, done }),
        });
        if (problems.some(each => each.severity === 'error')) {
          await refuse('browser', problems);
          return;
        }
        const began = performance.now();
        show({ step: 'uploading', file, sent: 0, bytesPerSecond: 0 });
        const version = await api.uploadVersion(runtime, file, {
          signal,
          onProgress: ({ sent }) => {
            const seconds = (performance.now() - began) / 1000;
            show({
              step: 'uploading',
              file,
              sent: Math.min(sent, file.size),
              bytesPerSecond: seconds > 0 ? sent / seconds : 0,
            });
          },
        });
        if (!signal.aborted) {
          onUploaded(version);
        }
      } catch (thrown) {
        const error = toError(thrown);
        if (error instanceof KrtRefusedError) {
          await refuse('portal', error.problems);
        } else {
          show({ step: 'failed', file, error });
        }
      }
    },
    [api, runtime, onUploaded],
  );

  return { state, upload, cancel };
}

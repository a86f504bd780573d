import { useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { Button, VisuallyHidden } from '@backstage/ui';
import { RiUploadLine } from '@remixicon/react';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { useApiHolder, useRouteRef } from '@backstage/core-plugin-api';
import type { Solution } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import { versionRouteRef } from '../../routes';
import { usePageDrop } from './usePageDrop';
import { UploadPanel } from './UploadPanel';
import { UploadSolutionDialog } from './UploadSolutionDialog';
import { useRememberedSolution } from './useRememberedSolution';
import { useUpload } from './useUpload';
import styles from './Upload.module.css';

const BUSY = ['checking', 'uploading', 'paused'];

/**
 * Button and drop target of a runtime's page; success leads to the new version.
 *
 * @param solutions - of the runtime; with more than one the user is asked which
 */
export function useUploadArea(
  runtime: string,
  solutions: Solution[],
  enabled: boolean,
) {
  const t = useTexts();
  const navigate = useNavigate();
  const versionPath = useRouteRef(versionRouteRef);
  const toasts = useApiHolder().get(toastApiRef);
  const input = useRef<HTMLInputElement>(null);
  const { state, upload, cancel, pause, resume } = useUpload(
    runtime,
    (version, warnings) => {
      if (warnings.length > 0) {
        toasts?.post({
          title: t('upload.warnings', {
            count: warnings.length,
            version: version.name,
          }),
          description: warnings
            .slice(0, 3)
            .map(({ message }) => message)
            .join(' · '),
          status: 'warning',
        });
      }
      navigate(versionPath({ runtime, version: version.name }));
    },
  );

  const [asking, setAsking] = useState<File>();
  const [remembered, remember] = useRememberedSolution(runtime);
  // What is tried once more goes where it was meant to.
  const chosen = useRef<string>();
  const open = solutions.filter(each => !each.deleting);

  const uploadTo = (file: File, solution: string | undefined) => {
    chosen.current = solution;
    upload(file, solution);
  };
  const take = (files: File[]) => {
    if (files.length === 1 && open.length > 1) {
      setAsking(files[0]);
    } else if (files.length === 1) {
      uploadTo(files[0], open[0]?.id);
    } else if (files.length > 1) {
      toasts?.post({ title: t('upload.oneFile'), status: 'warning' });
    }
  };
  const isOver = usePageDrop(enabled ? take : undefined);
  const choose = () => input.current?.click();

  const button = enabled && (
    <Button
      variant="primary"
      iconStart={<RiUploadLine />}
      onPress={choose}
      isDisabled={BUSY.includes(state.step)}
    >
      {t('upload.button')}
    </Button>
  );
  const panel = (
    <>
      {enabled && (
        <VisuallyHidden>
          <input
            ref={input}
            type="file"
            accept=".krt,.tgz,.tar.gz,application/gzip"
            aria-label={t('upload.input')}
            tabIndex={-1}
            onChange={event => {
              take([...(event.target.files ?? [])]);
              // The same file, mended, may be chosen again.
              event.target.value = '';
            }}
          />
        </VisuallyHidden>
      )}
      <UploadPanel
        state={state}
        onCancel={cancel}
        onPause={pause}
        onResume={resume}
        onChoose={choose}
        onRetry={file => uploadTo(file, chosen.current)}
      />
      {asking && (
        <UploadSolutionDialog
          file={asking.name}
          solutions={open}
          remembered={remembered}
          onClose={() => setAsking(undefined)}
          onChosen={solution => {
            setAsking(undefined);
            remember(solution);
            uploadTo(asking, solution);
          }}
        />
      )}
      {isOver && (
        <div className={styles.dropZone} role="status">
          {t('upload.dropHere')}
        </div>
      )}
    </>
  );
  return { button, panel, choose: enabled ? choose : undefined };
}

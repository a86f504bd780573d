import { useRef } from 'react';
import { useNavigate } from 'react-router-dom';
import { Button, VisuallyHidden } from '@backstage/ui';
import { RiUploadLine } from '@remixicon/react';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { useApiHolder, useRouteRef } from '@backstage/core-plugin-api';
import { useTexts } from '../../hooks/useTexts';
import { versionRouteRef } from '../../routes';
import { usePageDrop } from './usePageDrop';
import { UploadPanel } from './UploadPanel';
import { useUpload } from './useUpload';
import styles from './Upload.module.css';

const BUSY = ['checking', 'uploading', 'paused'];

/** Button and drop target of a runtime's page; success leads to the new version. */
export function useUploadArea(runtime: string, enabled: boolean) {
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

  const take = (files: File[]) => {
    if (files.length === 1) {
      upload(files[0]);
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
        onRetry={upload}
      />
      {isOver && (
        <div className={styles.dropZone} role="status">
          {t('upload.dropHere')}
        </div>
      )}
    </>
  );
  return { button, panel, choose: enabled ? choose : undefined };
}

import { Navigate, Route, Routes } from 'react-router-dom';
import { AllActivityPage } from '../Runtimes/AllActivityPage';
import { NotFoundPage } from './NotFoundPage';
import { RuntimePage } from '../Runtime/RuntimePage';
import { RuntimesPage } from '../Runtimes/RuntimesPage';
import { VersionPage } from '../Version/VersionPage';
import styles from '../Common/Contrast.module.css';

/** All pages, without the portal's header: the new frontend system draws one, the legacy page wraps one around. */
export function KonstellationRouter() {
  return (
    <div className={styles.contrast}>
      <Routes>
        <Route index element={<RuntimesPage />} />
        <Route path="activity" element={<AllActivityPage />} />
        <Route path="runtimes" element={<Navigate to=".." replace />} />
        <Route
          path="runtimes/:runtime/versions/:version/*"
          element={<VersionPage />}
        />
        <Route path="runtimes/:runtime/*" element={<RuntimePage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Routes>
    </div>
  );
}

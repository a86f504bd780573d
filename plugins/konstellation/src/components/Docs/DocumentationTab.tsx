import { useSearchParams } from 'react-router-dom';
import { Link } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import { useTexts } from '../../hooks/useTexts';
import { EmptyNotice } from '../Common/EmptyNotice';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { DocumentView } from './DocumentView';
import styles from './Docs.module.css';

/** The documentation that came with the package. */
export function DocumentationTab({ version }: { version: Version }) {
  const t = useTexts();
  const api = useApi(konstellationApiRef);
  const ref = { runtime: version.runtime, version: version.name };
  const docs = useResource(version.uid, signal => api.getDocs(ref, { signal }));
  const [params] = useSearchParams();

  if (!docs.value) {
    return docs.error ? (
      <ErrorNotice
        error={docs.error}
        what={t('docs.what')}
        onRetry={docs.reload}
      />
    ) : (
      <LoadingBlock />
    );
  }
  const { files, index } = docs.value;
  const documents = files.filter(each => /\.(md|markdown)$/i.test(each.path));
  const asked = params.get('file');
  const shown =
    documents.find(each => each.path === asked)?.path ??
    index ??
    documents[0]?.path;
  if (!shown) {
    return (
      <EmptyNotice title={t('docs.noneTitle')} text={t('docs.noneText')} />
    );
  }
  return (
    <div className={styles.docs}>
      {documents.length > 1 && (
        <nav aria-label={t('docs.files')} className={styles.files}>
          <ul>
            {documents.map(each => (
              <li key={each.path}>
                <Link
                  href={`?file=${encodeURIComponent(each.path)}`}
                  weight={each.path === shown ? 'bold' : 'regular'}
                  aria-current={each.path === shown ? 'page' : undefined}
                >
                  {each.path.replace(/^docs\//, '')}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <DocumentView version={version} path={shown} files={files} />
    </div>
  );
}

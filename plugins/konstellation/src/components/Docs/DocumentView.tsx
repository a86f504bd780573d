import { MarkdownContent } from '@backstage/core-components';
import { useApi } from '@backstage/core-plugin-api';
import type {
  KonstellationApi,
  Version,
  VersionDocs,
  VersionRef,
} from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../../api';
import { useResource } from '../../hooks/useResource';
import { ErrorNotice } from '../Common/ErrorNotice';
import { LoadingBlock } from '../Common/LoadingBlock';
import { Panel } from '../Common/Panel';
import styles from './Docs.module.css';
import { findReferences, resolveDocsPath } from './docsPaths';

/** A document may show a gallery; more than this waits for another page. */
const MAXIMUM_IMAGES = 50;

interface LoadedDocument {
  text: string;
  /** Data URLs of the images it shows, by path in the package: what the content security policy of every portal allows. */
  images: Map<string, string>;
}

/** One markdown file with its images, which need the user's credentials and so cannot be plain addresses. */
export function DocumentView(props: {
  version: Version;
  path: string;
  files: VersionDocs['files'];
}) {
  const { version, path, files } = props;
  const api = useApi(konstellationApiRef);
  const ref = { runtime: version.runtime, version: version.name };
  const loaded = useResource(`${version.uid}/${path}`, signal =>
    loadDocument(api, ref, path, files, signal),
  );
  const images = loaded.value?.images;

  if (!loaded.value) {
    return loaded.error ? (
      <ErrorNotice error={loaded.error} what={path} onRetry={loaded.reload} />
    ) : (
      <LoadingBlock lines={8} />
    );
  }
  return (
    <article className={styles.document}>
      <Panel>
        <MarkdownContent
          content={loaded.value.text}
          dialect="gfm"
          transformImageUri={href => {
            const target = resolveDocsPath(path, href);
            return (target && images?.get(target)) ?? href;
          }}
          transformLinkUri={href => {
            const target = resolveDocsPath(path, href);
            return target && files.some(each => each.path === target)
              ? `?file=${encodeURIComponent(target)}`
              : safeLink(href);
          }}
        />
      </Panel>
    </article>
  );
}

function toDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** Packages come from anyone who may upload: a link runs no script. */
function safeLink(href: string): string {
  return /^(https?:|mailto:|#)/i.test(href) ? href : '#';
}

async function loadDocument(
  api: KonstellationApi,
  ref: VersionRef,
  path: string,
  files: VersionDocs['files'],
  signal: AbortSignal,
): Promise<LoadedDocument> {
  const text = await (await api.getDocsFile(ref, path, { signal })).text();
  const pictures = new Map(
    files
      .filter(each => each.mediaType.startsWith('image/'))
      .map(each => [each.path, each.mediaType]),
  );
  const wanted = findReferences(text)
    .map(href => resolveDocsPath(path, href))
    .filter((each): each is string => !!each && pictures.has(each))
    .slice(0, MAXIMUM_IMAGES);
  const images = new Map<string, string>();
  await Promise.all(
    [...new Set(wanted)].map(async each => {
      try {
        const blob = await api.getDocsFile(ref, each, { signal });
        const typed = new Blob([blob], { type: pictures.get(each) });
        images.set(each, await toDataUrl(typed));
      } catch {
        // The text without one picture is better than no text.
      }
    }),
  );
  return { text, images };
}

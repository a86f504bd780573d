import type { VersionDocs } from '@konstellation/backstage-plugin-konstellation-common';
import type { KrtFile } from '@konstellation/krt';

/** What may be shown of a package: its documentation and the pictures in it. Nothing that a browser would run. */
export function isDocsFile(file: KrtFile): boolean {
  const shown = /\.(md|png|jpe?g|gif|webp|svg|txt)$/i.test(file.path);
  const inDocs = file.path.startsWith('docs/');
  const rootPage = /^[^/]+\.md$/i.test(file.path);
  return shown && (inDocs || rootPage);
}

/** The documentation of a package, with the page to begin with. */
export function docsOf(files: readonly KrtFile[]): VersionDocs {
  const shown = files
    .filter(isDocsFile)
    .map(({ path, mediaType, size }) => ({ path, mediaType, size }))
    .sort((a, b) => a.path.localeCompare(b.path));
  const pages = shown.filter(file => /\.md$/i.test(file.path));
  const index =
    pages.find(file => /^docs\/readme\.md$/i.test(file.path)) ??
    pages.find(file => /^readme\.md$/i.test(file.path)) ??
    pages[0];
  return { files: shown, ...(index ? { index: index.path } : {}) };
}

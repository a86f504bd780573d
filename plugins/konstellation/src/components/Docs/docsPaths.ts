/** Path in the package that a link of a document means; undefined for addresses elsewhere and for anchors. */
export function resolveDocsPath(
  document: string,
  href: string,
): string | undefined {
  if (!href || /^([a-z][a-z0-9+.-]*:|\/\/|#)/i.test(href)) {
    return undefined;
  }
  // The host never matters: only the path is taken.
  const base = new URL(
    document.split('/').map(encodeURIComponent).join('/'),
    'http://package/',
  );
  try {
    return decodeURIComponent(new URL(href, base).pathname.slice(1));
  } catch {
    return undefined;
  }
}

/** Everything a markdown text links to or shows, as written. */
export function findReferences(markdown: string): string[] {
  const found = [
    ...markdown.matchAll(/\]\(\s*<?([^)\s>]+)/g),
    ...markdown.matchAll(/\bsrc\s*=\s*["']([^"']+)["']/gi),
    ...markdown.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/gm),
  ];
  return [...new Set(found.map(match => match[1]))];
}

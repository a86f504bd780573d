import { findReferences, resolveDocsPath } from './docsPaths';

describe('resolveDocsPath', () => {
  it.each([
    ['docs/README.md', 'img/a b.png', 'docs/img/a b.png'],
    ['docs/README.md', './img/a.png', 'docs/img/a.png'],
    ['docs/guide/one.md', '../img/a.png', 'docs/img/a.png'],
    ['docs/README.md', '../../../etc/passwd', 'etc/passwd'],
    ['docs/README.md', '/assets/a.png', 'assets/a.png'],
    ['docs/README.md', 'other.md#part', 'docs/other.md'],
  ])('from %s to %s', (document, href, path) => {
    expect(resolveDocsPath(document, href)).toBe(path);
  });

  it.each(['https://example.com/a.png', '//example.com/a', '#part', 'data:x'])(
    'leaves %s alone',
    href => {
      expect(resolveDocsPath('docs/README.md', href)).toBeUndefined();
    },
  );
});

describe('findReferences', () => {
  it('finds images and links in markdown and HTML', () => {
    const markdown =
      '![a](img/a.png "title") [b](b.md)\n<img alt="" src="img/c.png">\n\n[d]: img/d.png';
    expect(findReferences(markdown)).toEqual([
      'img/a.png',
      'b.md',
      'img/c.png',
      'img/d.png',
    ]);
  });
});

/** The documentation of a package. */
export const docsMessages = {
  files: 'Files',
  noneTitle: 'No documentation',
  noneText:
    'Markdown files in the docs folder of the package appear here. Upload a version that has some.',
  what: 'The documentation',
} as const;

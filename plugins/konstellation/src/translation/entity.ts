/** On pages of the catalog. */
export const entityMessages = {
  openRuntime: 'Open the runtime',
  openVersion: 'Open the version',
} as const;

/** What the nodes of a version write. */
export const logsMessages = {
  node: 'Node',
  allNodes: 'All nodes',
  level: 'Level',
  allLevels: 'All levels',
  info: 'Info and above',
  warn: 'Warnings and errors',
  error: 'Errors',
  search: 'Search the lines',
  follow: 'Follow',
  download: 'Download',
  log: 'Log lines',
  empty: 'No lines yet. They appear here as the nodes write them.',
  emptyStopped:
    'No lines are kept of its last run. Start it, and they appear here as the nodes write them.',
  neverRan:
    'It has never run. Lines appear here as the nodes write them once it is started.',
  noMatch: 'No line matches.',
  dropped: 'Older lines are no longer shown here. Download has those shown.',
  failed: 'The logs could not be read',
  lines_one: '{{count}} line',
  lines_other: '{{count}} lines',
  toEnd: 'Go to the newest line',
  lastRun: 'It does not run. These are the lines of its last run.',
  gap: 'Gap',
} as const;

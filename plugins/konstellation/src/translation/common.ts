/** Texts used on more than one page. */
export const commonMessages = {
  cancel: 'Cancel',
  close: 'Close',
  comment: 'Comment',
  commentHint:
    'Why? It stands in the activity log. Ctrl+Enter sends. At most 1,000 characters.',
  commentRequired: 'Say in a few words why.',
  commentTooLong: 'At most 1,000 characters.',
  copied: 'Copied',
  copyLabel: 'Copy {{what}}',
  showMore: 'Show more',
  retry: 'Try again',
  loading: 'Loading',
  loadFailed: '{{what}} could not be loaded',
  staleWarning: 'Shown is what was last read. Trying again by itself.',
  notFoundTitle: 'Not found',
  notFoundText:
    '{{what}} does not exist, or you may not see it. Ask its owner for access.',
  noPermission: 'You may not do this. Ask the owner of the runtime.',
  none: '–',
  moreActions: 'More actions for {{name}}',
  address: 'Public address',
} as const;

/** The words for the states of versions and nodes, the same everywhere. */
export const statusMessages = {
  deleting: 'DELETING',
  label: 'Status {{status}}. What do the statuses mean?',
  title: 'What the statuses mean',
  CREATED: 'Uploaded and checked. It has never run and uses no resources.',
  STARTING:
    'What it needs is being brought up. It is STARTED once all of it is ready.',
  STARTED:
    'Everything it needs runs, but calls from outside are refused until it is published.',
  PUBLISHED:
    'It runs and answers calls from outside. One version of a solution is published at most.',
  STOPPING: 'What it ran is being taken down. It is STOPPED once all is gone.',
  STOPPED: 'It uses no resources and can be started again.',
  ERROR:
    'Something it needs is not available. The reason stands beside the status; it recovers by itself once the cause is gone. It can also be started again, stopped or deleted.',
  by: 'by',
} as const;

/** States of one node, as words beside the shape. */
export const nodeStatusMessages = {
  STOPPED: 'stopped',
  STARTING: 'starting',
  READY: 'ready',
  DEGRADED: 'partly ready',
  ERROR: 'error',
  STOPPING: 'stopping',
} as const;

/** For an address of no page. */
export const notFoundMessages = {
  page: 'Not found',
  title: 'There is no such page',
  text: 'The address may be mistyped, or from an older version of the portal.',
  back: 'Back to {{place}}',
} as const;

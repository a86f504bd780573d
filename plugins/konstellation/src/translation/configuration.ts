/** The configuration of a version: values, a change of them, and its history. */
export const configurationMessages = {
  title: 'Values',
  what: 'The configuration',
  noneTitle: 'Nothing to configure',
  noneText: 'The package declares no variables and no files.',
  missing: 'Has no value yet',
  cleared: 'Its value goes with the next save',
  hidden: 'A value is set. You may replace it but not read it.',
  hiddenPlaceholder: 'set, not shown',
  inheritedFrom: 'Taken over from {{version}}',
  unconfirmed: 'Taken over from {{version}}; waits to be confirmed',
  changed: 'Changed, not saved',
  fromFile: 'From {{file}}, {{size}}, not saved',
  confirm: 'Confirm the value of {{version}}',
  unconfirmedTitle_one:
    '{{count}} inherited value takes effect once it is confirmed',
  unconfirmedTitle_other:
    '{{count}} inherited values take effect once they are confirmed',
  unconfirmedText:
    'Whoever uploads code can make it print its configuration. Confirm what this version may have, or set another value.',
  unconfirmedReadOnly:
    'Someone who may change the configuration has to confirm them.',
  confirmAll: 'Confirm all',
  reveal: 'Show the value of {{key}}',
  conceal: 'Hide the value of {{key}}',
  replaceFile: 'Write another value for {{key}}',
  chooseFile: 'Take the value of {{key}} from a file',
  clear: 'Remove the value of {{key}}',
  undo: 'Undo the change of {{key}}',
  notText: '{{file}} is not a text in UTF-8.',
  tooLarge: 'At most {{limit}}; this is {{size}}.',
  allTooLarge: 'All values together may have {{limit}}; these are {{size}}.',
  bounds:
    'A variable may have {{variable}}, a file {{file}}, all values together {{all}}.',
  review: 'Review changes',
  discard: 'Discard',
  pending_one: '{{count}} change, not saved',
  pending_other: '{{count}} changes, not saved',
  noPending: 'No changes',
  saved: 'Saved as revision {{revision}}.',
  incomplete_one: '{{count}} value is missing',
  incomplete_other: '{{count}} values are missing',
  unconfirmedCount_one: '{{count}} value waits to be confirmed',
  unconfirmedCount_other: '{{count}} values wait to be confirmed',
  complete: 'Complete',
  revision: 'Revision {{revision}}',
  runningRevision: 'Runs with revision {{revision}}',
  nextStart: 'The configuration is complete. The next step is to start it.',
  startNow: 'Start now',
  readOnly: 'You may not change the configuration of this runtime.',
  file: 'File',
  import: 'Import .env',
  export: 'Export .env',
  exportFailed: 'The values could not be exported',
} as const;

/** Taking values from the text of an `.env` file. */
export const importMessages = {
  title: 'Import an .env file',
  text: 'KEY=value, one a line. Keys that are not in it keep their values.',
  paste: 'Text of the file',
  placeholder: 'LOG_LEVEL=info',
  choose: 'Choose a file',
  chosen: 'Text of {{file}}',
  empty: 'Choose a file or paste its text.',
  next: 'Review changes',
} as const;

/** What a change would do, before it is applied. */
export const reviewMessages = {
  title: 'Change the configuration of {{version}}',
  what: 'What the change would do',
  checking: 'Looking at what would change',
  keys: 'Changed keys',
  set: 'set',
  changed: 'changed',
  removed: 'removed',
  inherited: 'taken over',
  confirmed: 'confirmed',
  nothing: 'Nothing would change: every value is as it was.',
  missingStopped: 'Without a value it cannot be started: {{keys}}.',
  missingRunning:
    'A version that runs cannot be without a value, so this will be refused: {{keys}}.',
  effectNothing:
    'What runs goes on as it is, as no value of it would be another.',
  effectNextStart: 'It takes effect when {{version}} is started.',
  effectBeside:
    'A second release with the new values is made ready beside the running one and takes over when every node is ready. If it does not get ready, nothing changes.',
  effectPublication:
    'A second release with the new values is made ready beside the running one. When every node is ready, callers from outside are switched to it without a failed call: a new publication. If it does not get ready, nothing changes.',
  effectPause:
    'The running release is ended first. Until the new one is ready, calls fail.',
  effectPausePublished:
    'The running release is ended first. Until the new one is ready, calls from outside fail with 503.',
  restarts: 'Runs anew: {{nodes}}',
  quota: 'Room in the quota of the runtime',
  resource: 'Resource',
  used: 'Used',
  needed: 'Needed',
  limit: 'Limit',
  room: 'Room',
  hasRoom: 'enough',
  noRoom: 'too little',
  noRoomTitle: 'The quota has no room for a second release',
  noRoomText:
    'Stop another version, raise the quota in the settings of the runtime, or replace the running release with a pause.',
  pause: 'Replace with a pause',
  pauseHint: 'The running release is ended before the new one begins.',
  save: 'Save configuration',
  apply: 'Apply configuration',
  applyPause: 'Apply with a pause',
  back: 'Back',
} as const;

/** Every change of a configuration. */
export const revisionMessages = {
  title: 'Revisions',
  list: 'Revisions of the configuration, newest first',
  what: 'The revisions',
  number: 'Revision {{revision}}',
  current: 'current',
  running: 'runs',
  applying: 'is being made ready',
} as const;

/** The page of one version. */
export const versionMessages = {
  tabStatus: 'Status',
  tabConfiguration: 'Configuration',
  tabLogs: 'Logs',
  tabPredictions: 'Predictions',
  tabDocumentation: 'Documentation',
  tabActivity: 'Activity',
  tryIt: 'Try it',
  nextConfigure_one: 'Set {{count}} value to start it: {{keys}}.',
  nextConfigure_other: 'Set {{count}} values to start it: {{keys}}.',
  nextUnconfirmed_one:
    'An inherited value waits to be confirmed in the configuration: {{keys}}.',
  nextUnconfirmed_other:
    'Inherited values wait to be confirmed in the configuration: {{keys}}.',
  conditions: 'What stands in the way',
  uploadedBy: 'Uploaded',
} as const;

export const commandMessages = {
  start: 'Start',
  stop: 'Stop',
  publish: 'Publish',
  unpublish: 'Unpublish',
  configure: 'Configure',
  delete: 'Delete',
  rollback: 'Roll back to',
  startTitle: 'Start {{version}}',
  stopTitle: 'Stop {{version}}',
  publishTitle: 'Publish {{version}} to {{solution}}',
  unpublishTitle: 'Unpublish {{version}}',
  deleteTitle: 'Delete {{version}}',
  rollbackTitle: 'Roll back to {{version}}',
  startEffect_one: 'Brings up its entrypoint and {{count}} node.',
  startEffect_other: 'Brings up its entrypoint and {{count}} nodes.',
  startRefusedEffect: 'Calls from outside stay refused until it is published.',
  stopEffect: 'Takes down everything it runs. It then uses no resources.',
  stopKeepEffect:
    'Its package and configuration stay; it can be started again.',
  publishSwitchEffect:
    'Calls to {{address}} switch from {{from}} to {{version}} without a failed call.',
  publishStaysEffect:
    '{{from}} stays started, so that you can go back at once.',
  publishFirstEffect: 'Calls to {{address}} are answered by {{version}}.',
  unpublishEffect: 'Calls to {{address}} are refused with 503 from now on.',
  unpublishStaysEffect: '{{version}} stays started and can be published again.',
  deleteEffect:
    'Its package, configuration and documentation go. This cannot be undone.',
  deleteKeepEffect: 'What was done with it stays in the activity.',
  rollbackEffect:
    'Calls to {{address}} switch to {{version}} with configuration revision {{revision}}.',
} as const;

export const graphMessages = {
  workflow: 'Workflow {{name}}',
  calledBy: 'Called by {{rpc}}',
  ready: '{{ready}} of {{total}} ready',
  exit: 'answer',
  notReady: 'Not ready:',
  graphHelp: 'Arrow keys walk the graph, Enter shows the node.',
  statusFailed: 'The status',
  pods: 'Pods',
  events: 'Events',
  noPods: 'Nothing runs for this node.',
  noEvents: 'No events.',
  restarts_one: '{{count}} restart',
  restarts_other: '{{count}} restarts',
  podReady: 'ready',
  podNotReady: 'not ready',
  exited: 'Last ended with exit code {{code}} ({{reason}})',
  logs: 'Logs of {{name}}',
  image: 'Image',
  source: 'Source',
  manifestLine: 'krt.yml, line {{line}}',
  closePanel: 'Close {{name}}',
  eventCount: '×{{times}}',
} as const;

export const configurationMessages = {
  title: 'Configuration',
  noneTitle: 'Nothing to configure',
  noneText: 'The package declares no variables and no files.',
  missing: 'Has no value yet',
  hidden: 'A value is set. You may replace it but not read it.',
  inheritedFrom: 'Taken over from {{version}}',
  unconfirmed: 'Taken over from {{version}}; waits to be confirmed.',
  confirm: 'Use the value of {{version}}',
  reveal: 'Show the value of {{key}}',
  change: 'Replace',
  save: 'Save configuration',
  saved: 'Saved as revision {{revision}}.',
  incomplete_one: '{{count}} value is missing.',
  incomplete_other: '{{count}} values are missing.',
  complete: 'Complete',
  revision: 'Revision {{revision}}',
  nextStart: 'The configuration is complete. The next step is to start it.',
  startNow: 'Start now',
  readOnly: 'You may not change the configuration of this runtime.',
  commentRequired: 'Say in a few words why you change it.',
  started:
    'The version runs: a change brings up the nodes with the new values beside the old ones and switches when they are ready.',
  what: 'The configuration',
  file: 'File',
} as const;

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
  noMatch: 'No line matches.',
  dropped: 'Older lines are no longer shown here. Download has those shown.',
  failed: 'The logs could not be read',
  lines_one: '{{count}} line',
  lines_other: '{{count}} lines',
  toEnd: 'Go to the newest line',
} as const;

export const predictionsMessages = {
  request: 'Request (JSON)',
  call: 'Call',
  invalidJson: 'This is not valid JSON: {{message}}',
  answer: 'Answer',
  status: 'Status {{status}}',
  millis: '{{millis}} ms',
  schema: 'Fields of {{type}}',
  field: 'Field',
  type: 'Type',
  reset: 'Back to the example',
  throughPortal:
    'It is not published: the call goes through the portal, and callers from outside are refused.',
  notRunning:
    'It has to be started before it can be called. Its status is {{status}}.',
  published: 'It is published: anyone who reaches the address can call it.',
  curl: 'The same call from a terminal',
  what: 'The service description',
  none: 'The package declares no rpc.',
  trace: 'Trace {{id}}',
} as const;

export const docsMessages = {
  files: 'Files',
  noneTitle: 'No documentation',
  noneText:
    'Markdown files in the docs folder of the package appear here. Upload a version that has some.',
  what: 'The documentation',
} as const;

export const entityMessages = {
  openRuntime: 'Open the runtime',
  openVersion: 'Open the version',
} as const;

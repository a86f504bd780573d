/** The page of one runtime. */
export const runtimeMessages = {
  tabVersions: 'Versions',
  tabPublications: 'Publications',
  tabActivity: 'Activity',
  tabSettings: 'Settings',
  owner: 'Owner',
  namespace: 'Namespace',
  cluster: 'Cluster',
  published: 'Published',
  nothingPublished: 'nothing',
} as const;

export const versionsMessages = {
  columnVersion: 'Version',
  columnStatus: 'Status',
  columnCreated: 'Uploaded',
  columnAuthor: 'By',
  columnNext: 'Next step',
  emptyTitle: 'No version yet',
  emptyText:
    'A version is a KRT package (.krt): the code, models and documentation of the solution with its krt.yml. Drop one anywhere on this page, or choose it.',
  open: 'Open',
  logs: 'Logs',
  configuration: 'Configuration',
} as const;

export const publicationsMessages = {
  emptyTitle: 'Nothing has been published yet',
  emptyText:
    'Each publication is kept here with its configuration, so that you can go back to it at once.',
  current: 'Published now',
  rollBackTo: 'Roll back to this',
  configuration: 'Configuration revision {{revision}}',
  switched: 'Callers switched in {{millis}} ms',
  until: 'until',
  timeline: 'Publications, newest first',
} as const;

export const settingsMessages = {
  general: 'General',
  name: 'Name',
  description: 'Description',
  save: 'Save changes',
  saved: 'Saved.',
  origins: 'Allowed origins',
  originsHint:
    'Web pages of these origins may call predictions from the browser, for example https://shop.example.com. A single * allows any page. Programs that are not web pages need no entry.',
  originsEmpty: 'No web page may call predictions.',
  origin: 'Origin',
  addOrigin: 'Add origin',
  removeOrigin: 'Remove {{origin}}',
  originInvalid:
    'An origin is a scheme and a host, without path: https://shop.example.com, or *.',
  originDuplicate: 'This origin is in the list already.',
  deleteTitle: 'Delete runtime',
  deleteText:
    'Takes its versions, publications and packages with it. Versions that are started or published have to be stopped first.',
  delete: 'Delete runtime',
  deleteEffect:
    'The runtime {{id}} goes with its versions, publications and packages. This cannot be undone.',
  deleteAddressEffect: '{{address}} stops answering for good.',
  confirmId: 'Type {{id}} to confirm',
  confirmMismatch: 'This is not {{id}}.',
} as const;

export const activityMessages = {
  columnTime: 'When',
  columnActor: 'Who',
  columnWhat: 'What',
  columnVersion: 'Version',
  columnComment: 'Comment',
  emptyTitle: 'No activity yet',
  emptyText: 'Everything that is done here is written down with its comment.',
  'runtime.created': 'Created the runtime',
  'runtime.updated': 'Changed the runtime',
  'runtime.deleted': 'Deleted the runtime',
  'version.created': 'Uploaded',
  'version.configured': 'Changed the configuration',
  'version.start': 'Start',
  'version.started': 'Started',
  'version.stop': 'Stop',
  'version.stopped': 'Stopped',
  'version.publish': 'Publish',
  'version.published': 'Published',
  'version.unpublish': 'Unpublish',
  'version.unpublished': 'Unpublished',
  'version.rollback': 'Roll back',
  'version.failed': 'Failed',
  'version.recovered': 'Recovered',
  'version.deleted': 'Deleted',
} as const;

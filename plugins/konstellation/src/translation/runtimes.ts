/** The list of runtimes and the dialog that makes one. */
export const runtimesMessages = {
  title: 'Runtimes',
  create: 'Create runtime',
  search: 'Search runtimes',
  status: 'Status',
  anyStatus: 'Any status',
  tryExample: 'or try the example',
  emptyTitle: 'No runtime yet',
  emptyText:
    'A runtime is an isolated place where the versions of an AI solution run: upload a version, set its configuration, start it and publish it.',
  noMatchTitle: 'No runtime matches',
  noMatchText: 'Try another word or another status.',
  attention: 'Needs attention',
  columnName: 'Runtime',
  columnPublished: 'Published',
  columnHealth: 'Health',
  columnVersions: 'Versions',
  columnOwner: 'Owner',
  nothingPublished: 'Nothing published',
  versionsInError_one: '{{count}} version in error',
  versionsInError_other: '{{count}} versions in error',
  versionsStarted_one: '{{count}} started',
  versionsStarted_other: '{{count}} started',
  nothingRuns: 'Nothing runs',
  statusEMPTY: 'Empty',
  statusIDLE: 'Nothing runs',
  statusRUNNING: 'Running',
  statusPUBLISHED: 'Published',
  statusERROR: 'Error',
  statusDELETING: 'Being deleted',
  publishedNotAvailable:
    'The published version {{version}} does not answer as it should.',
} as const;

export const createRuntimeMessages = {
  title: 'Create runtime',
  name: 'Name',
  nameHint: 'At most 40 characters.',
  nameRequired: 'Give the runtime a name.',
  nameTooLong: 'At most 40 characters; these are {{length}}.',
  id: 'Id',
  idHint:
    'Part of the public address; cannot be changed later. 3–30 characters: a–z, 0–9 and single dashes.',
  idTooShort: 'At least 3 characters.',
  idTooLong: 'At most 30 characters.',
  idPattern:
    'Lower-case letters, digits and single dashes; begins with a letter and does not end with a dash.',
  idTaken: 'There is already a runtime with this id. Choose another one.',
  description: 'Description',
  submit: 'Create runtime',
} as const;

/** The solutions of a runtime. */
export const solutionsMessages = {
  title: 'Solutions',
  text: 'Solutions of a runtime share its resources. Each has versions and a public address of its own. Most runtimes need one.',
  list: 'Solutions of the runtime',
  first: 'The first one; goes with the runtime',
  published: 'Published: {{version}}',
  nothingPublished: 'Nothing published',
  deleting: 'Being deleted',
  add: 'Add solution',
  addTitle: 'Add a solution to {{runtime}}',
  nameRequired: 'Give the solution a name.',
  idHint:
    'Part of its public address; cannot be changed later. 3–30 characters: a–z, 0–9 and single dashes.',
  idTaken: 'The runtime has a solution with this id already.',
  address: 'Its public address will be',
  addressPending: 'Type a name to see it.',
  delete: 'Delete',
  deleteLabel: 'Delete {{solution}}',
  deleteTitle: 'Delete the solution {{solution}}',
  deleteVerb: 'Delete solution',
  deleteEffect:
    'Its versions, their packages and configuration, and its publications go. This cannot be undone.',
  deleteAddressEffect: '{{address}} stops answering for good.',
  deleteKeepEffect: 'What was done in it stays in the activity.',
} as const;

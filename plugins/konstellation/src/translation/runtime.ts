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
  deletingTitle: 'The runtime is being deleted',
  deletingText:
    'It goes with its versions, publications and packages. This page closes by itself once nothing of it is left.',
  namespaceNotReady: 'Its namespace is not as it has to be',
  goneTitle: '{{runtime}} is no longer there',
  goneText: 'It was deleted meanwhile, or you may no longer see it.',
  backToRuntimes: 'Back to the runtimes',
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
  ofSolution: 'Versions of {{solution}}',
  emptySolution: 'No version yet.',
  publishesWhenReady: 'publishes when ready',
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
  ofSolution: 'Publications of {{solution}}',
  emptySolution: 'Nothing has been published yet.',
  packageDeleted: 'Package deleted: no way back to it',
  rollBackLabel: 'Roll back to this: {{version}}, revision {{revision}}',
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
  quota: 'Quota',
  quotaHint:
    'What all versions of this runtime may take together, for example 4 processors or 8Gi of memory. While the configuration of a running version changes, two of its releases need room.',
  quotaOfNamespace:
    'The quota is that of the namespace {{namespace}}, which was there before this runtime. Its owner sets it.',
  quotaUnknown: 'The portal may not read it.',
  quotaNothing: 'The namespace has no quota.',
  quotaResource: 'Resource',
  quotaUsed: 'Used',
  quotaLimit: 'At most',
  quotaRequestsCpu: 'Processors, requested',
  quotaRequestsMemory: 'Memory, requested',
  quotaLimitsCpu: 'Processors, at most',
  quotaLimitsMemory: 'Memory, at most',
  quotaPods: 'Pods of all versions, at most',
  quotaNone: 'No limit',
  quotaInvalid: 'An amount such as 500m, 4 or 8Gi.',
  scaling: 'Scaling',
  scalingHint:
    'How many pods run each node. With a number under “at most”, the cluster scales between both by the use of processors; without it the number is fixed. A change takes effect at once on what runs: pods are added and taken away, or replaced one after another, without a call that is lost where more than one runs.',
  scalingAll: 'All nodes',
  scalingLeast: 'Pods, at least',
  scalingMost: 'Pods, at most',
  scalingCpu: 'Use of processors, %',
  scalingFixed: 'Fixed',
  scalingLeastWrong: 'A whole number from 1 to 1000.',
  scalingMostWrong:
    'A whole number from 2 to 1000, and not less than at least; or nothing.',
  scalingCpuWrong: 'A percentage from 1 to 100.',
  scalingNode: 'Node that differs',
  scalingNodeHint: 'As krt.yml calls it, or entrypoint.',
  scalingAdd: 'Add node',
  scalingRemove: 'Scale {{name}} as all nodes',
  scalingDuplicate: 'This node is in the list already.',
  scalingInvalidNode:
    'Lower-case letters, digits and dashes, as krt.yml calls the node.',
  gpu: 'GPU',
  gpuHint:
    'What a node gets that asks for a GPU in krt.yml (gpu: true). Tolerations and labels of cluster nodes can be set through the API, and stay as they are here.',
  gpuResource: 'Resource',
  gpuCount: 'GPUs of each pod',
  gpuDefault: 'As the portal is configured',
  gpuResourceWrong: 'A domain and a name, such as nvidia.com/gpu.',
  gpuCountWrong: 'A whole number from 1 to 64.',
  deleteTitle: 'Delete runtime',
  deleteText:
    'Takes its versions, publications and packages with it. Versions that are started or published have to be stopped first.',
  delete: 'Delete runtime',
  deleteEffect_one:
    'The runtime {{id}} goes with {{count}} version, its package and configuration, and every publication. This cannot be undone.',
  deleteEffect_other:
    'The runtime {{id}} goes with {{count}} versions, their packages and configuration, and every publication. This cannot be undone.',
  deleteAddressEffect: '{{address}} stops answering for good.',
  deleteKeepEffect: 'What was done in it stays in the activity.',
  confirmId: 'Type {{id}} to confirm',
  confirmMismatch: 'This is not {{id}}.',
} as const;

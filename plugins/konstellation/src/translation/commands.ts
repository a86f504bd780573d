/** The commands on versions: buttons, and what their dialogs say. */
export const commandMessages = {
  start: 'Start',
  startAgain: 'Start again',
  startAndPublish: 'Start and publish',
  stop: 'Stop',
  cancelStart: 'Cancel start',
  publish: 'Publish',
  unpublish: 'Unpublish',
  configure: 'Configure',
  delete: 'Delete',
  rollback: 'Roll back to',
  rollbackVerb: 'Roll back',
  startTitle: 'Start {{version}}',
  stopTitle: 'Stop {{version}}',
  cancelStartTitle: 'Cancel the start of {{version}}',
  publishTitle: 'Publish {{version}} to {{solution}}',
  unpublishTitle: 'Unpublish {{version}}',
  deleteTitle: 'Delete {{version}}',
  rollbackTitle: 'Roll back to {{version}}',
  startEffect_one: 'Brings up its entrypoint and {{count}} node.',
  startEffect_other: 'Brings up its entrypoint and {{count}} nodes.',
  startRefusedEffect: 'Calls from outside stay refused until it is published.',
  startPublishEffect:
    'Once every node is ready, calls to {{address}} are answered by it.',
  startPublishSwitchEffect:
    'Once every node is ready, calls to {{address}} switch to it from {{from}}, which stays started.',
  publishWhenReady: 'Publish it when every node is ready',
  publishWhenReadyHint: 'Until then, stopping it calls this off.',
  stopEffect: 'Takes down everything it runs. It then uses no resources.',
  stopKeepEffect:
    'Its package and configuration stay; it can be started again.',
  cancelStartEffect: 'Takes down what was brought up so far.',
  cancelPublishEffect: 'It is not published.',
  publishSwitchEffect:
    'Calls to {{address}} switch from {{from}} to {{version}} without a failed call.',
  publishStaysEffect:
    '{{from}} stays started, so that you can go back at once.',
  publishFirstEffect: 'Calls to {{address}} are answered by {{version}}.',
  unpublishEffect: 'Calls to {{address}} are refused with 503 from now on.',
  unpublishStaysEffect: '{{version}} stays started and can be published again.',
  deleteEffect:
    'Its package ({{size}}), its configuration with every revision, its documentation and its kept logs go. This cannot be undone.',
  deleteKeepEffect:
    'What was done with it stays in the activity. Its publications stay in the history, without a way back to them.',
  deleteNameEffect: 'The name {{version}} can then be used again.',
  rollbackEffect:
    'Calls to {{address}} switch to {{version}} with configuration revision {{revision}}.',
  rollbackStartEffect:
    '{{version}} does not run: it is started first. Callers stay where they are until every node is ready.',
  rollbackRevisionEffect:
    '{{version}} runs with revision {{running}} now: revision {{revision}} is made ready first.',
} as const;

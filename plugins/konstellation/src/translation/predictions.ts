/** Calling a version from the page. */
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

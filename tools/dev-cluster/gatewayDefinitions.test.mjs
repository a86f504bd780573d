import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutDescriptions } from './gatewayDefinitions.mjs';

test('takes prose out, and leaves a property that has its name', () => {
  const yaml = `spec:
  description: |-
    Of several lines.

    And more.
  properties:
    description:
      description: Says what it is.
      type: string
    name:
      type: string`;
  assert.equal(
    withoutDescriptions(yaml),
    `spec:
  properties:
    description:
      type: string
    name:
      type: string`,
  );
});

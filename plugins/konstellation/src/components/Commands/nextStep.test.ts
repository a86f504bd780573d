import {
  makePublication,
  makeRuntime,
  makeVersion,
} from '../../__testUtils__/fixtures';
import { findNextStep } from './nextStep';

const incomplete = {
  completed: false,
  missing: ['A'],
  unconfirmed: [],
  revision: 1,
};

describe('findNextStep', () => {
  const runtime = makeRuntime();

  it('configures what lacks a value, starts what has all', () => {
    expect(
      findNextStep(makeVersion({ configuration: incomplete }), runtime),
    ).toBe('configure');
    expect(findNextStep(makeVersion({ status: 'STOPPED' }), runtime)).toBe(
      'start',
    );
  });

  it('publishes what runs, and rolls back to what was published before', () => {
    const version = makeVersion({ status: 'STARTED' });
    const earlier = makePublication({ current: false });
    expect(findNextStep(version, runtime, [earlier])).toBe('publish');
    expect(
      findNextStep(version, makeRuntime({ publishedVersion: 'price-v2' }), [
        makePublication({ version: 'price-v2' }),
        earlier,
      ]),
    ).toBe('rollback');
  });

  it.each(['STARTING', 'STOPPING', 'PUBLISHED'] as const)(
    'has nothing to do while %s',
    status => {
      expect(findNextStep(makeVersion({ status }), runtime)).toBeUndefined();
    },
  );
});

import { activityMessages } from '../../translation/activity';
import { ACTIVITY_TYPES, toActivityFilter, toActor } from './activityFilter';

describe('toActivityFilter', () => {
  it('takes both days whole, where the user is', () => {
    expect(
      toActivityFilter({ since: '2026-03-02', until: '2026-03-02' }),
    ).toMatchObject({
      since: new Date(2026, 2, 2).toISOString(),
      until: new Date(2026, 2, 3).toISOString(),
    });
  });

  it('leaves out what is empty or no day', () => {
    const filter = toActivityFilter({ version: ' ', since: 'yesterday' });
    expect(Object.values(filter).every(each => each === undefined)).toBe(true);
  });
});

describe('toActor', () => {
  it.each([
    ['ana', 'user:default/ana'],
    [' user:design/ana ', 'user:design/ana'],
    ['service:ci', 'service:ci'],
    ['system', 'system'],
    ['', undefined],
  ])('reads "%s" as %s', (typed, actor) => {
    expect(toActor(typed)).toBe(actor);
  });
});

describe('ACTIVITY_TYPES', () => {
  it('has every type that has words', () => {
    const worded = Object.keys(activityMessages).filter(key =>
      key.includes('.'),
    );
    expect([...ACTIVITY_TYPES].sort()).toEqual(worded.sort());
  });
});

import { commandsOf, refusalOf, type LifecycleFacts } from './versionLifecycle';

const facts = (change: Partial<LifecycleFacts>): LifecycleFacts => ({
  status: 'CREATED',
  published: false,
  incomplete: [],
  deleting: false,
  available: true,
  applying: false,
  format: 'v1',
  ...change,
});

describe('refusalOf', () => {
  it.each([
    ['start', 'CREATED', undefined],
    ['start', 'STOPPED', undefined],
    ['start', 'ERROR', undefined],
    ['start', 'STARTING', 'the version must be stopped before starting'],
    ['start', 'STARTED', 'the version must be stopped before starting'],
    ['start', 'STOPPING', 'the version must be stopped before starting'],
    ['stop', 'STARTED', undefined],
    ['stop', 'STARTING', undefined],
    ['stop', 'ERROR', undefined],
    ['stop', 'CREATED', 'the version must be started before stopping'],
    ['stop', 'STOPPED', 'the version must be started before stopping'],
    ['publish', 'STARTED', undefined],
    ['publish', 'CREATED', 'the version must be started before publishing'],
    ['publish', 'ERROR', 'the version must be started before publishing'],
    [
      'unpublish',
      'STARTED',
      'the version must be published before unpublishing',
    ],
    ['configure', 'CREATED', undefined],
    ['configure', 'STARTED', undefined],
    ['configure', 'STARTING', 'the version is changing, wait until it has'],
    ['configure', 'STOPPING', 'the version is changing, wait until it has'],
    ['delete', 'CREATED', undefined],
    ['delete', 'ERROR', undefined],
    ['delete', 'STARTED', 'the version must be stopped before deleting'],
  ] as const)('%s in %s: %s', (command, status, expected) => {
    expect(refusalOf(command, facts({ status }))).toBe(expected);
  });

  it.each([
    ['start', 'the version must be stopped before starting'],
    ['stop', 'a published version must be unpublished first'],
    ['publish', 'the version is published already'],
    ['unpublish', undefined],
    ['configure', undefined],
    ['delete', 'a published version must be unpublished first'],
  ] as const)('%s of a published version: %s', (command, expected) => {
    const published = facts({ status: 'PUBLISHED', published: true });
    expect(refusalOf(command, published)).toBe(expected);
  });

  it.each([
    ['stop', 'a published version must be unpublished first'],
    ['publish', undefined],
    ['unpublish', 'the version must be published before unpublishing'],
    ['delete', 'a published version must be unpublished first'],
  ] as const)('%s of a version callers leave: %s', (command, expected) => {
    const leaving = { published: true, leaving: true };
    expect(refusalOf(command, facts({ status: 'PUBLISHED', ...leaving }))).toBe(
      expected,
    );
  });

  it('names the keys that keep a version from starting', () => {
    expect(refusalOf('start', facts({ format: 'v2' }))).toBe(
      'workflow format v2 cannot run yet',
    );
    expect(refusalOf('start', facts({ incomplete: ['A', 'B'] }))).toBe(
      'version config is incomplete: A, B',
    );
  });

  it('publishes only what is ready', () => {
    expect(
      refusalOf('publish', facts({ status: 'STARTED', available: false })),
    ).toBe('the version is not available, wait until every node is ready');
  });

  it('takes one change of the configuration after another', () => {
    expect(
      refusalOf('configure', facts({ status: 'STARTED', applying: true })),
    ).toBe('the version is changing, wait until it has');
  });

  it('keeps what can be rolled back to', () => {
    expect(refusalOf('delete', facts({ neededFor: 'p1' }))).toBe(
      'the version is needed for roll back: publication p1',
    );
  });

  it('refuses everything while the version is being deleted', () => {
    const all = Object.values(commandsOf(facts({ deleting: true })));
    expect(all.every(({ allowed }) => !allowed)).toBe(true);
  });
});

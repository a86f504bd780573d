import {
  AuthorizeResult,
  type ConditionalPolicyDecision,
  type PermissionCondition,
  type PermissionCriteria,
} from '@backstage/plugin-permission-common';
import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import fc from 'fast-check';
import { eachDatabase } from '../__testUtils__/databases';
import { ACTOR, testStores } from '../__testUtils__/stores';
import { ActivityStore } from '../database/ActivityStore';
import type { RuntimeRecord } from '../domain/types';
import { runtimeRules } from './rules';
import { isVisible, visibilityOf, type Visibility } from './visibility';

jest.setTimeout(120_000);

const resourceType = 'konstellation-runtime';

/** Few, so that conditions meet them; some differ by case alone, some are words of JavaScript or SQL. */
const OWNERS = ['user:default/ana', 'group:default/ml', 'group:default/ML'];
const LABELS = ['team', 'Team', 'example.com/team', 'constructor'];
const VALUES = ['a', 'A', '', 'team', 'null'];

const owner = fc.constantFrom(...OWNERS, "o'hara", '%');
const label = fc.constantFrom(...LABELS, '__proto__', 'toString');
const value = fc.constantFrom(...VALUES, '%');
const id = fc.integer({ min: 0, max: 30 }).map(number => `runtime-${number}`);

const condition: fc.Arbitrary<PermissionCondition> = fc.oneof(
  fc.array(owner, { maxLength: 3 }).map(claims => ({
    rule: 'IS_RUNTIME_OWNER',
    resourceType,
    params: { claims },
  })),
  fc.array(id, { maxLength: 5 }).map(ids => ({
    rule: 'HAS_RUNTIME_ID',
    resourceType,
    params: { ids },
  })),
  fc
    .record({ label, value }, { requiredKeys: ['label'] })
    .map(params => ({ rule: 'HAS_RUNTIME_LABEL', resourceType, params })),
);

type Criteria = PermissionCriteria<PermissionCondition>;

/** Conditions as a policy may give them. */
const { criteria } = fc.letrec<{
  criteria: Criteria;
  parts: [Criteria, ...Criteria[]];
}>(tie => ({
  parts: fc
    .tuple(tie('criteria'), fc.array(tie('criteria'), { maxLength: 2 }))
    .map(([first, more]) => [first, ...more]),
  criteria: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition,
    tie('parts').map(allOf => ({ allOf })),
    tie('parts').map(anyOf => ({ anyOf })),
    tie('criteria').map(not => ({ not })),
  ),
}));

function decisionOf(conditions: Criteria): ConditionalPolicyDecision {
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'konstellation',
    resourceType,
    conditions,
  };
}

/** Beside what policies give: groups of nothing, everything and nothing. */
const { visibility } = fc.letrec<{ visibility: Visibility }>(tie => ({
  visibility: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition.map(each => visibilityOf(decisionOf(each))),
    fc.constantFrom<Visibility>({ is: 'all' }, { is: 'none' }),
    fc.record({
      is: fc.constantFrom('allOf' as const, 'anyOf' as const),
      of: fc.array(tie('visibility'), { maxLength: 3 }),
    }),
    tie('visibility').map((of): Visibility => ({ is: 'not', of })),
  ),
}));

/** As Backstage itself evaluates conditions. */
const authorize = createConditionAuthorizer(Object.values(runtimeRules));

function testRuntime(
  number: number,
  labels: Record<string, string>,
): RuntimeRecord {
  const name = `runtime-${number}`;
  return {
    id: name,
    name,
    description: '',
    owner: OWNERS[number % OWNERS.length] ?? '',
    labels,
    cluster: 'test',
    namespace: `kre-${name}`,
    bound: false,
    settings: {},
    signal: name,
    revision: 0,
    deleting: false,
    createdBy: ACTOR,
    createdAt: new Date(0),
  };
}

/** The same ones each time: every second label, with one value after another. */
const RUNTIMES = Array.from({ length: 25 }, (_, number) => {
  const labels = LABELS.filter((__, at) => (number >> at) % 2 === 1).map(
    (name, at) => [name, VALUES[(number + at) % VALUES.length] ?? ''] as const,
  );
  return testRuntime(number, Object.fromEntries(labels));
});

describe('conditions of policies', () => {
  it('decide about one runtime as Backstage does', () => {
    fc.assert(
      fc.property(criteria, conditions => {
        const decision = decisionOf(conditions);
        const visible = visibilityOf(decision);
        for (const runtime of RUNTIMES) {
          expect(isVisible(visible, runtime)).toBe(
            authorize(decision, runtime),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('let nothing through where the decision is unclear', () => {
    expect(visibilityOf(undefined)).toEqual({ is: 'none' });
    expect(visibilityOf({ result: AuthorizeResult.DENY })).toEqual({
      is: 'none',
    });
    expect(visibilityOf({ result: AuthorizeResult.ALLOW })).toEqual({
      is: 'all',
    });
  });

  eachDatabase(({ init }) => {
    let stores: Awaited<ReturnType<typeof testStores>>;
    let activities: ActivityStore;

    beforeAll(async () => {
      stores = await testStores(await init());
      activities = new ActivityStore(stores.database);
      for (const runtime of RUNTIMES) {
        const activity = {
          actor: ACTOR,
          runtime: runtime.id,
          comment: 'test',
        };
        // Labels that were changed are found by what they are now.
        await stores.runtimes.create(
          { ...runtime, labels: { team: 'before', toString: 'a' } },
          { ...activity, type: 'runtime.created' },
        );
        await stores.runtimes.update(
          runtime.id,
          { labels: runtime.labels },
          { ...activity, type: 'runtime.updated' },
        );
      }
    });

    async function listed(visible: Visibility): Promise<string[]> {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await stores.runtimes.list({ limit: 7, cursor, visible });
        ids.push(...page.items.map(({ runtime }) => runtime.id));
        cursor = page.nextCursor;
      } while (cursor);
      return ids;
    }

    async function heardOf(visible: Visibility): Promise<string[]> {
      const { items } = await activities.list({ limit: 200, visible });
      return [...new Set(items.map(({ runtime }) => runtime))];
    }

    it('narrow lists to what they let through one by one', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            visibility,
            criteria.map(each => visibilityOf(decisionOf(each))),
          ),
          async visible => {
            const expected = RUNTIMES.filter(runtime =>
              isVisible(visible, runtime),
            ).map(runtime => runtime.id);
            expect(await listed(visible)).toEqual(expected.sort());
            expect((await heardOf(visible)).sort()).toEqual(expected);
          },
        ),
        { numRuns: 150 },
      );
    });
  });
});

import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  createConditionTransformer,
  type ConditionTransformer,
} from '@backstage/plugin-permission-node';
import type { RuntimeRecord } from '../domain/types';
import { matchesQuery, runtimeRules, type RuntimeQuery } from './rules';

/** Which runtimes somebody may do something with. */
export type Visibility =
  | { is: 'all' }
  | { is: 'none' }
  | { is: 'query'; query: RuntimeQuery }
  | { is: 'allOf' | 'anyOf'; of: Visibility[] }
  | { is: 'not'; of: Visibility };

export const ALL: Visibility = { is: 'all' };
export const NONE: Visibility = { is: 'none' };

const transform: ConditionTransformer<RuntimeQuery> =
  createConditionTransformer(Object.values(runtimeRules));

type Criteria = ReturnType<typeof transform>;

function fromCriteria(criteria: Criteria): Visibility {
  if ('allOf' in criteria) {
    return { is: 'allOf', of: criteria.allOf.map(fromCriteria) };
  }
  if ('anyOf' in criteria) {
    return { is: 'anyOf', of: criteria.anyOf.map(fromCriteria) };
  }
  if ('not' in criteria) return { is: 'not', of: fromCriteria(criteria.not) };
  return { is: 'query', query: criteria };
}

/** What a decision of the policy lets through; nothing where it is unclear. */
export function visibilityOf(decision: PolicyDecision | undefined): Visibility {
  switch (decision?.result) {
    case AuthorizeResult.ALLOW:
      return ALL;
    case AuthorizeResult.CONDITIONAL:
      return fromCriteria(transform(decision.conditions));
    default:
      return NONE;
  }
}

/** Whether it lets one runtime through. */
export function isVisible(
  visibility: Visibility,
  runtime: RuntimeRecord,
): boolean {
  switch (visibility.is) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'query':
      return matchesQuery(visibility.query, runtime);
    case 'allOf':
      return visibility.of.every(part => isVisible(part, runtime));
    case 'anyOf':
      return visibility.of.some(part => isVisible(part, runtime));
    case 'not':
      return !isVisible(visibility.of, runtime);
    default: {
      const never: never = visibility;
      return never;
    }
  }
}

// Label selectors of Kubernetes.

const OPERATORS = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: value => value !== undefined,
  DoesNotExist: value => value === undefined,
};

/** @returns whether all of it holds; an empty selector takes everything. @throws an Error for an unknown operator */
export function matches(selector, labels = {}) {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(
      ([key, value]) => labels[key] === value,
    ) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const holds = Object.hasOwn(OPERATORS, operator) && OPERATORS[operator];
      if (!holds) throw new Error(`No operator of selectors: ${operator}`);
      return holds(labels[key], values);
    })
  );
}

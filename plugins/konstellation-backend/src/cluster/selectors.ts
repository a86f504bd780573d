/** Equality terms as the API takes them; undefined for all objects. */
export function labelSelector(
  labels: Record<string, string> | undefined,
): string | undefined {
  const terms = Object.entries(labels ?? {}).map(
    ([name, value]) => `${name}=${value}`,
  );
  return terms.length > 0 ? terms.join(',') : undefined;
}

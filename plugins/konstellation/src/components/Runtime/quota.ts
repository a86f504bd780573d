/** Resources of a quota that can be set, in the order they are shown in; each text is the name of its label. */
export const QUOTA_RESOURCES = {
  'requests.cpu': 'settings.quotaRequestsCpu',
  'requests.memory': 'settings.quotaRequestsMemory',
  'limits.cpu': 'settings.quotaLimitsCpu',
  'limits.memory': 'settings.quotaLimitsMemory',
} as const;

const AMOUNT = /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;

/**
 * Whether a text is an amount as Kubernetes writes it, such as `500m` or `8Gi`, or nothing.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function isAmount(text: string): boolean {
  return text === '' || AMOUNT.test(text);
}

/** The quota without resources that have no limit. */
export function withoutEmpty(
  quota: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(quota).filter(([, amount]) => amount !== ''),
  );
}

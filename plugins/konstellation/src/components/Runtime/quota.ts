import { isQuantity } from '@konstellation/backstage-plugin-konstellation-common';

/** Resources of a quota that can be set, in the order they are shown in; each text is the name of its label. */
export const QUOTA_RESOURCES = {
  'requests.cpu': 'settings.quotaRequestsCpu',
  'requests.memory': 'settings.quotaRequestsMemory',
  'limits.cpu': 'settings.quotaLimitsCpu',
  'limits.memory': 'settings.quotaLimitsMemory',
  pods: 'settings.quotaPods',
} as const;

/** Whether a text is an amount, or nothing, which is no limit. */
export function isAmount(text: string): boolean {
  return text === '' || isQuantity(text);
}

/** The quota without resources that have no limit. */
export function withoutEmpty(
  quota: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(quota).filter(([, amount]) => amount !== ''),
  );
}

const KEY =
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Whether Kubernetes takes a text as the key of a label or taint. */
export function isLabelKey(key: string): boolean {
  return key.length <= 253 && KEY.test(key);
}

/** Whether Kubernetes takes a text as the value of a label or taint. */
export function isLabelValue(value: string): boolean {
  return VALUE.test(value);
}

/** Whether Kubernetes takes these as a label. */
export function isLabel(key: string, value: string): boolean {
  return isLabelKey(key) && isLabelValue(value);
}

const QUANTITY = /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;

/**
 * Whether a text is an amount that settings of a runtime may have, such as `500m` or `8Gi`.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 * @public
 */
export function isQuantity(text: string): boolean {
  return QUANTITY.test(text);
}

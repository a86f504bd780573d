// A runtime with the price estimator.
import { packageOf } from '../priceEstimator.mjs';
import { startRuntime } from './runtime.mjs';

/**
 * @param versions - `v1`, `v2`, which become price-v1 and price-v2
 * @returns as startRuntime
 */
export function startPricing(baseUrl, id, versions) {
  const packages = versions.map(version => [
    `price-${version}`,
    packageOf(version),
  ]);
  return startRuntime(baseUrl, id, Object.fromEntries(packages), {
    OUTPUT_PRICE_CURRENCY: 'CAD',
  });
}

// The example that the tools publish and call.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callOutside } from './api.mjs';
import { root } from './toolchain.mjs';

export const HOUSE = {
  lotsize: 5850,
  bedrooms: 3,
  bathrms: 1,
  stories: 2,
  driveway: true,
  recroom: false,
  fullbase: true,
  gashw: false,
  airco: false,
  garagepl: 1,
  prefarea: false,
};

/** A call of it. `proto` is what its clients are generated from. */
export const QUESTION = {
  proto: join(
    root,
    'examples/price-estimator/package/common/public_input.proto',
  ),
  service: 'price.PriceEstimator',
  rpc: 'Estimate',
  message: HOUSE,
};

/** Of its two versions, `v1` or `v2`. */
export const packageOf = version =>
  readFileSync(
    join(root, `examples/price-estimator/price-estimator-${version}.krt`),
  );

/** Asks for the price of a house. @returns as callOutside */
export const askPrice = (address, options) =>
  callOutside(address, `/${QUESTION.service}/${QUESTION.rpc}`, HOUSE, options);

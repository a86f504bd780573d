/**
 * Types for the handlers of a KRT package. Import them with `import type`, which leaves no trace at run time.
 *
 * @packageDocumentation
 */
export type {
  Context,
  Documents,
  Handler,
  Init,
  Logger,
  Measurement,
  Measurements,
  Prediction,
  Predictions,
} from './types';

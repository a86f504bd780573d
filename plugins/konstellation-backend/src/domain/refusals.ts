import { ConflictError, InputError } from '@backstage/errors';
import type { RefusalCode } from '@konstellation/backstage-plugin-konstellation-common';

/** It cannot be done as things are; the code is answered as `error.code`. */
export class RefusedConflict extends ConflictError {
  constructor(readonly code: RefusalCode, message: string) {
    super(message);
  }
}

/** It can never be done as it was asked; the code is answered as `error.code`. */
export class RefusedInput extends InputError {
  constructor(readonly code: RefusalCode, message: string) {
    super(message);
  }
}

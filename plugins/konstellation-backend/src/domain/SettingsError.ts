import type { SettingsProblem } from '@konstellation/backstage-plugin-konstellation-common';
import { RefusedInput } from './refusals';

/** A setting that cannot be taken, answered as 400 with `error.code` and `error.setting`. */
export class SettingsError extends RefusedInput {
  /**
   * @param setting - path of the setting, such as `scaling.nodes.model.replicas`
   * @param message - what is wrong and what would be right, to follow the path
   */
  constructor(
    code: SettingsProblem,
    readonly setting: string,
    message: string,
  ) {
    super(code, `${setting}: ${message}`);
  }
}

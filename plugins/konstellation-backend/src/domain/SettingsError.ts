import { InputError } from '@backstage/errors';

/** What is wrong with a setting; stable, for programs. Each is described in docs/scaling.md. */
export type SettingsProblem =
  | 'gpu-count'
  | 'gpu-resource'
  | 'label'
  | 'node-name'
  | 'rollout'
  | 'scaling-ambiguous'
  | 'scaling-bounds'
  | 'scaling-cpu'
  | 'scaling-replicas'
  | 'toleration'
  | 'too-many';

/** A setting that cannot be taken, answered as 400 with `error.code` and `error.setting`. */
export class SettingsError extends InputError {
  /**
   * @param setting - path of the setting, such as `scaling.nodes.model.replicas`
   * @param message - what is wrong and what would be right, to follow the path
   */
  constructor(
    readonly code: SettingsProblem,
    readonly setting: string,
    message: string,
  ) {
    super(`${setting}: ${message}`);
  }
}

import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  catalog?: {
    providers?: {
      konstellation?: {
        /**
         * When all runtimes are read again. Changes reach the catalog at once; this mends what was missed.
         * Default: every 5 minutes on every instance, first at its start.
         */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      };
    };
  };
}

import type { Runtime } from '@konstellation/backstage-plugin-konstellation-common';
import { ActivityLog } from './ActivityLog';

/** What was done in a runtime, or with one of its versions, newest first. */
export function ActivityTab(props: {
  runtime: Runtime;
  /** Name of the only version to show. */
  version?: string;
}) {
  const { runtime, version } = props;
  return (
    <ActivityLog
      place={
        version ? { runtime: runtime.id, version } : { runtime: runtime.id }
      }
      signal={runtime.signal}
    />
  );
}

import type { Condition } from '@konstellation/backstage-plugin-konstellation-common';
import { Notice } from './Notice';

/** A condition that people have to know of, in its own words; nothing where there is none. */
export function ConditionNotice(props: {
  title: string;
  condition: Condition | undefined;
}) {
  return props.condition ? (
    <Notice
      role="status"
      status="warning"
      title={props.title}
      description={props.condition.message}
    />
  ) : null;
}

import { EntityRefLink } from '@backstage/plugin-catalog-react';

/** Who did it: a user or group with a link to the catalog, a service or the system by name. */
export function Actor(props: { actor: string }) {
  if (/^(user|group):/.test(props.actor)) {
    return <EntityRefLink entityRef={props.actor} hideIcon />;
  }
  return <span>{props.actor}</span>;
}

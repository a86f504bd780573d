export type Person = keyof typeof PEOPLE;

/** Who there is. What they may do is said by `may`. */
export const PEOPLE = {
  /** A manager: creates runtimes and does everything in her own. */
  olga: 'user:default/olga',
  /** Another manager. */
  max: 'user:default/max',
  /** Reads. */
  vera: 'user:default/vera',
  /** Reads, uploads and publishes. */
  pat: 'user:default/pat',
  /** A pipeline with the role of a manager: everything but to create, change or delete runtimes. */
  ci: 'service:ci',
} as const;

/** Who may do what in a runtime of this owner; undefined for what is not bound to a runtime. */
export function may(
  person: Person,
  permission: string,
  owner?: string,
): boolean {
  const isRead =
    permission.endsWith('.read') &&
    permission !== 'konstellation.configuration.read';
  switch (person) {
    case 'olga':
    case 'max':
      return (
        isRead ||
        permission === 'konstellation.runtime.create' ||
        owner === PEOPLE[person]
      );
    case 'vera':
      return isRead;
    case 'pat':
      return (
        isRead ||
        permission === 'konstellation.version.create' ||
        permission === 'konstellation.version.publish'
      );
    case 'ci':
      return isRead || !permission.startsWith('konstellation.runtime.');
    default: {
      const never: never = person;
      return never;
    }
  }
}

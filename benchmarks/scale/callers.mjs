// Who calls, and what the policy of the measured portals decides about them. Used by the portals and by those who call them.

/** Runtimes are owned by this many groups, which are teams: each has as many as any other. */
export const TEAMS = 40;

export const teamOf = number =>
  `team-${String(number % TEAMS).padStart(2, '0')}`;
export const groupOf = team => `group:default/${team}`;

const condition = (rule, params) => ({
  rule,
  resourceType: 'konstellation-runtime',
  params,
});

/** Entity refs with their conditions; undefined: everything is allowed. */
export const CALLERS = {
  'user:default/admin': undefined,
  'user:default/owner': condition('IS_RUNTIME_OWNER', {
    claims: ['user:default/owner', ...[3, 4, 5].map(n => groupOf(teamOf(n)))],
  }),
  'user:default/label': condition('HAS_RUNTIME_LABEL', {
    label: 'team',
    value: teamOf(7),
  }),
};

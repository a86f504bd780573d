// How an audit log is read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { givenRights, RULES, usedRights } from './rights.mjs';

const USER = 'system:serviceaccount:portal:konstellation';

const line = ({ user = USER, decision = 'allow', code = 200, ...event }) =>
  JSON.stringify({
    ...event,
    user: { username: user },
    responseStatus: { code },
    annotations: { 'authorization.k8s.io/decision': decision },
  });

describe('rights', () => {
  it('are what an account used, with groups and subresources', () => {
    const { used, denied } = usedRights(
      [
        line({ verb: 'list', objectRef: { resource: 'pods' } }),
        line({
          verb: 'get',
          objectRef: { resource: 'pods', subresource: 'log' },
        }),
        line({
          verb: 'list',
          objectRef: { resource: 'pods', apiGroup: 'metrics.k8s.io' },
        }),
        line({ verb: 'get', requestURI: '/version' }),
        line({
          user: 'somebody',
          verb: 'delete',
          objectRef: { resource: 'pods' },
        }),
        '{"half": ',
      ].join('\n'),
      USER,
    );
    assert.deepEqual(
      [...used],
      ['list pods', 'get pods/log', 'list pods.metrics.k8s.io'],
    );
    assert.deepEqual([...denied], []);
  });

  it('are two for an apply that made an object', () => {
    const objectRef = { resource: 'secrets' };
    const { used } = usedRights(
      line({ verb: 'patch', code: 201, objectRef }),
      USER,
    );
    assert.deepEqual([...used], ['patch secrets', 'create secrets']);
  });

  it('were missing where RBAC or admission refused', () => {
    const objectRef = { resource: 'secrets' };
    const { used, denied } = usedRights(
      [
        line({ verb: 'list', decision: 'forbid', code: 403, objectRef }),
        line({ verb: 'delete', code: 403, objectRef }),
      ].join('\n'),
      USER,
    );
    assert.deepEqual([...denied], ['list secrets', 'delete secrets']);
    assert.deepEqual([...used], []);
  });

  it('never let anyone read a Secret', () => {
    for (const mode of ['clusterWide', 'restricted']) {
      const every = RULES.map(({ when }) => when).filter(Boolean);
      const secrets = givenRights(mode, every).filter(right =>
        / secrets$/.test(right),
      );
      assert.deepEqual(secrets, ['create secrets', 'patch secrets']);
    }
  });
});
